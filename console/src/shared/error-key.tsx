import { Fragment } from 'react';

/** The key of an error, such as `LISTING_UNAVAILABLE`, which may be broken at each underscore. */
export function ErrorKey({ error }: { readonly error: string }) {
  const words = error.split('_');
  return words.map((word, index) => (
    <Fragment key={words.slice(0, index + 1).join('_')}>
      {index > 0 && '_'}
      {index > 0 && <wbr />}
      {word}
    </Fragment>
  ));
}
