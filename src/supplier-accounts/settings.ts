import { OperatorError } from '../core/operator-error.ts';
import type { SupplierKind, SupplierSetting } from '../suppliers/kind.ts';

/** The settings that the operator has given, without those that keep their default. */
export type GivenSettings = Readonly<Record<string, string>>;

/**
 * The messages never contain a value, because it may be a secret.
 * @throws OperatorError for the first setting that is unknown, malformed or missing
 */
export function requireSettings(kind: SupplierKind, given: GivenSettings): void {
  const names = kind.settings.map((setting) => setting.name);
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new OperatorError(`${kind.name} has no setting ${unknown}; its settings are ${names.join(', ') || 'none'}`);
  }
  for (const { name, pattern, description, default: preset } of kind.settings) {
    const value = given[name];
    if (value === undefined && preset === undefined) {
      throw new OperatorError(`the setting ${name} of ${kind.name} is missing: ${description}`);
    }
    if (value !== undefined && !pattern.test(value)) {
      throw new OperatorError(`the setting ${name} of ${kind.name} does not have the expected form: ${description}`);
    }
  }
}

export function withoutEmpty(given: GivenSettings): GivenSettings {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''));
}

/** A value for each setting of the kind. */
export function withDefaults(kind: SupplierKind, given: GivenSettings): Record<string, string> {
  const defaults = kind.settings.flatMap((setting) =>
    setting.default === undefined ? [] : [[setting.name, setting.default]],
  );
  return { ...Object.fromEntries(defaults), ...given };
}

/** A setting as operators see it. */
export interface ShownSetting {
  readonly name: string;
  /** null: it is secret. */
  readonly value: string | null;
  readonly isDefault: boolean;
}

/**
 * The settings without the secret values.
 * @param kind undefined: this version has no adapter for the kind, and everything that it has stored may be secret
 */
export function shownSettings(kind: SupplierKind | undefined, given: GivenSettings): ShownSetting[] {
  if (!kind) return Object.keys(given).map((name) => ({ name, value: null, isDefault: false }));
  return kind.settings.map((setting) => shownSetting(setting, given));
}

function shownSetting({ name, isSecret, default: preset }: SupplierSetting, given: GivenSettings): ShownSetting {
  const value = given[name];
  return { name, value: isSecret ? null : (value ?? preset ?? null), isDefault: value === undefined };
}
