import {
  Button,
  type CSSVariablesResolver,
  createTheme,
  Modal,
  PasswordInput,
  Textarea,
  TextInput,
} from '@mantine/core';

const SYSTEM = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';
const MONOSPACE = 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace';

/** The library's dark greys, in the tone of `tokens.css`: texts first, then borders, fields and surfaces. */
const dark = [
  ...(['#e6e9ed', '#b8bec6', '#a4acb6', '#78818c', '#343a42'] as const),
  ...(['#2b3138', '#23282e', '#1c2025', '#15181c', '#101215'] as const),
] as const;

export const theme = createTheme({
  colors: { dark },
  fontFamily: SYSTEM,
  fontFamilyMonospace: MONOSPACE,
  // At these shades white texts on filled buttons reach a contrast of 4.5.
  primaryShade: { light: 8, dark: 8 },
  defaultRadius: 'sm',
  respectReducedMotion: true,
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.125rem' },
  headings: { fontWeight: '600' },
  components: {
    Button: Button.extend({ defaultProps: { size: 'sm' } }),
    Modal: Modal.extend({
      defaultProps: { centered: true, closeButtonProps: { 'aria-label': 'Close' } },
      styles: { title: { fontSize: '1rem', fontWeight: 600 } },
    }),
    PasswordInput: PasswordInput.extend({
      defaultProps: { visibilityToggleButtonProps: { 'aria-label': 'Show or hide the password' } },
    }),
    TextInput: TextInput.extend({ defaultProps: { size: 'sm' } }),
    Textarea: Textarea.extend({ defaultProps: { size: 'sm' } }),
  },
});

/** The library's own texts in grey and red are too pale for a contrast of 4.5. */
export const cssVariables: CSSVariablesResolver = () => {
  const shared = {
    '--mantine-color-body': 'var(--surface)',
    '--mantine-color-text': 'var(--text)',
    '--mantine-color-dimmed': 'var(--muted)',
    '--mantine-color-placeholder': 'var(--muted)',
    '--mantine-color-error': 'var(--bad)',
    '--mantine-color-anchor': 'var(--accent)',
    '--mantine-color-default': 'var(--raised)',
    '--mantine-color-default-hover': 'var(--sunken)',
    '--mantine-color-default-color': 'var(--text)',
    '--mantine-color-default-border': 'var(--line-strong)',
  };
  return { variables: {}, light: shared, dark: shared };
};
