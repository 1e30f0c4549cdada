import { Button, Group, Textarea, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { useMe } from '../../api/session.ts';
import { ActionError } from '../../shared/error-view.tsx';
import { MerchantSelect } from '../../shared/merchant-select.tsx';
import { Page } from '../../shared/page.tsx';
import classes from './callbacks.module.css';
import { checkSignature, useMerchant } from './queries.ts';
import { SignatureVerdict } from './signature-verdict.tsx';

const route = getRouteApi('/signed-in/callbacks/signature');

/** Finds out why a server refuses a callback: whether a signature over a body is right, and if not, why. */
export function SignatureScreen() {
  const me = useMe();
  const { merchant: wanted } = route.useSearch();
  const navigate = route.useNavigate();
  const merchantId = me.merchant?.id ?? wanted;
  const { data: merchant } = useMerchant(me.merchant ? undefined : merchantId);
  return (
    <Page title="Check a signature">
      <p style={{ margin: 0, maxWidth: '80ch' }} className="muted">
        For a callback that a server refuses although it should not. Enter what the server has received. It is compared
        with the secrets that sign {me.merchant ? 'your' : 'the merchant’s'} callbacks now; nothing is stored or sent.
      </p>
      {!me.merchant && (
        <div className={classes['form']}>
          <MerchantSelect
            label="Merchant"
            value={merchantId}
            name={merchant?.name}
            onChange={(id = '') => void navigate({ search: { merchant: id }, replace: true })}
          />
        </div>
      )}
      {merchantId !== undefined && <SignatureForm key={merchantId} merchantId={merchantId} />}
      <p style={{ margin: 0 }}>
        <Link to="/callbacks" search={merchantId && !me.merchant ? { merchant: merchantId } : {}}>
          Callbacks
        </Link>
      </p>
    </Page>
  );
}

/** The API's limits. */
const HEADER_MAX = 1000;
const BODY_MAX = 200_000;

function SignatureForm({ merchantId }: { readonly merchantId: string }) {
  const [header, setHeader] = useState('');
  const [body, setBody] = useState('');
  const check = useMutation({
    mutationFn: () => checkSignature(merchantId, { header: header.trim(), body }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!check.isPending) check.mutate();
  };
  const edited = (change: () => void) => {
    change();
    // A verdict is of what was checked.
    check.reset();
  };
  return (
    <form onSubmit={submit} className={classes['form']}>
      <TextInput
        label="Signature"
        description="The value of the header x-assetpay-signature: t=…,id=…,s=…"
        maxLength={HEADER_MAX}
        value={header}
        onChange={({ currentTarget }) => edited(() => setHeader(currentTarget.value))}
      />
      <Textarea
        label="Raw body"
        description="Exactly as it came, before anything parses it"
        maxLength={BODY_MAX}
        autosize
        minRows={6}
        maxRows={20}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: '0.75rem' } }}
        value={body}
        onChange={({ currentTarget }) => edited(() => setBody(currentTarget.value))}
      />
      <Group>
        <Button type="submit" loading={check.isPending} disabled={header.trim() === '' && body === ''}>
          Check
        </Button>
      </Group>
      <ActionError error={check.error} />
      {check.data && <SignatureVerdict report={check.data} />}
    </form>
  );
}
