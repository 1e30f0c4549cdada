import type { Command } from 'commander';
import { consoleBase } from '../../config/addresses.ts';
import { OperatorError } from '../../core/operator-error.ts';
import { allMemberRoles, allStaffRoles, isMemberRole, isStaffRole, type Role } from '../../core/roles.ts';
import type { PersonRow } from '../../db/tables.ts';
import { resolveMerchant } from '../../merchants/operations.ts';
import { type Admitted, invitePerson, requireSandboxPerson, resetPerson } from '../../people/access.ts';
import { linkAddress, makeLink } from '../../people/links.ts';
import { changePerson, listPeople, type PersonChange, readEmail, requirePersonOf } from '../../people/people.ts';
import { columns, listing } from '../format.ts';
import { readMerchantRef } from '../input.ts';
import {
  type Choose,
  type DatabaseOptions,
  databaseCommand,
  onDatabase,
  type Report,
  readingOfMerchant,
  type Session,
} from '../task.ts';

interface InviteOptions extends DatabaseOptions {
  readonly role: string;
  readonly name?: string;
  readonly merchant?: string;
}

interface ListOptions extends DatabaseOptions {
  readonly merchant?: string;
}

interface ResetOptions extends DatabaseOptions {
  readonly secondFactor?: boolean;
}

/** `skinrail staff`: the people who sign in, staff and members of merchants. */
export function addStaffCommands(program: Command, choose: Choose): void {
  const staff = program.command('staff').description('people who sign in: your staff, and the members of merchants');
  addInvite(staff, choose);
  addList(staff, choose);
  addChange(staff, choose, 'disable', 'end a person’s sessions, and refuse further sign-ins', { disabled: true });
  addChange(staff, choose, 'enable', 'let a disabled person sign in again', { disabled: false });

  databaseCommand(
    staff,
    'role <email> <role>',
    'change what a person may do; the person is signed out everywhere',
    'staff role ann@shop.example finance',
  ).action((email: string, text: string, options: DatabaseOptions) => {
    const role = readRole(text);
    choose(onPerson(options, email, ({ deps }, person) => changed(deps, person, { role })));
  });
  addReset(staff, choose);

  databaseCommand(
    staff,
    'sign-in [email]',
    'in a sandbox only: print a link that signs in without a password; without an address as the sandbox’s owner',
    'staff sign-in',
  ).action((email: string | undefined, options: DatabaseOptions) => {
    const address = email === undefined ? null : readEmail(email);
    choose(onDatabase(options, (session) => signIn(session, address)));
  });
}

function addInvite(staff: Command, choose: Choose): void {
  databaseCommand(
    staff,
    'invite <email>',
    'add a person, and print a link with which the person sets a password; it is shown once',
    'staff invite ann@shop.example --role operations --name "Ann Lee"',
  )
    .requiredOption(
      '--role <role>',
      `of staff: ${allStaffRoles.join(', ')}; of a merchant’s members: ${allMemberRoles.join(', ')}`,
    )
    .option('--name <name>', 'the person’s name; default: the first part of the address')
    .option('--merchant <merchant>', 'the merchant whose member the person is; default: your staff')
    .action((address: string, options: InviteOptions) => {
      const email = readEmail(address);
      const merchant = options.merchant === undefined ? null : readMerchantRef(options.merchant);
      const wanted = { email, role: readRole(options.role), name: options.name ?? email.replace(/@.*$/, '') };
      choose(
        onDatabase(options, async (session) => {
          const merchantId = merchant === null ? null : await resolveMerchant(session.deps, merchant);
          const admitted = await invitePerson(session.deps, { ...wanted, merchantId }, session.operator);
          await session.watch?.({ kind: 'person', id: admitted.person.id }, true);
          return linkReport(session, admitted);
        }),
      );
    });
}

function addList(staff: Command, choose: Choose): void {
  databaseCommand(staff, 'list', 'list your staff, or the members of a merchant', 'staff list --merchant "Skin Shop"')
    .option('--merchant <merchant>', 'the merchant whose members are listed')
    .action((options: ListOptions) => choose(readingOfMerchant(options, list)));
}

function addChange(staff: Command, choose: Choose, name: string, description: string, change: PersonChange): void {
  databaseCommand(staff, `${name} <email>`, description, `staff ${name} ann@shop.example`).action(
    (email: string, options: DatabaseOptions) => {
      choose(onPerson(options, email, ({ deps }, person) => changed(deps, person, change)));
    },
  );
}

function addReset(staff: Command, choose: Choose): void {
  databaseCommand(
    staff,
    'reset <email>',
    'print a link with which the person sets a new password, and end the person’s sessions',
    'staff reset ann@shop.example --second-factor',
  )
    .option('--second-factor', 'also remove the second factor and all passkeys, for a person who has lost the device')
    .action((email: string, options: ResetOptions) => {
      const removesSecondFactor = options.secondFactor ?? false;
      choose(
        onPerson(options, email, async (session, person) => {
          const link = await resetPerson(session.deps, person, { actor: session.operator, removesSecondFactor });
          return linkReport(session, { person, link });
        }),
      );
    });
}

/** A command that changes one person, given by the e-mail address. */
function onPerson(
  options: DatabaseOptions,
  address: string,
  work: (session: Session, person: PersonRow) => Promise<Report>,
) {
  const email = readEmail(address);
  return onDatabase(options, async (session) => {
    const person = await requirePersonOf(session.deps, email);
    await session.watch?.({ kind: 'person', id: person.id });
    return work(session, person);
  });
}

function readRole(text: string): Role {
  if (isStaffRole(text) || isMemberRole(text)) return text;
  const roles = [...allStaffRoles, ...allMemberRoles].join(', ');
  throw new OperatorError(`unknown role ${text}; valid roles are ${roles}`);
}

async function changed(deps: Session['deps'], person: PersonRow, change: PersonChange): Promise<Report> {
  const after = await changePerson(deps, person, change, { isByStaff: true });
  return { text: columns(linesOf(after)), json: toJson(after) };
}

async function signIn(session: Session, email: string | null): Promise<Report> {
  const { deps, operator, watch } = session;
  const { person, isNew } = await requireSandboxPerson(deps, email);
  await watch?.({ kind: 'person', id: person.id }, isNew);
  return linkReport(session, { person, link: await makeLink(deps, person, { purpose: 'sign-in', actor: operator }) });
}

async function list({ deps }: Session, merchantId: string | undefined): Promise<Report> {
  const people = await listPeople(deps, { merchantId: merchantId ?? null });
  const rows = people.map((person) => {
    return [person.email, person.name, person.role, stateOf(person), person.totp_confirmed_at !== null];
  });
  const head = ['email', 'name', 'role', 'state', 'second factor'];
  const none = merchantId === undefined ? 'nobody is on your staff; see skinrail staff invite' : 'it has no members';
  return { text: listing(head, rows, none), json: people.map(toJson) };
}

function linkReport({ deps }: Session, { person, link }: Admitted): Report {
  const address = linkAddress(consoleBase(deps.config), link);
  const end = `It is not shown again, can be used once, and is valid until ${link.expiresAt.toISOString()}.`;
  return {
    text: `${columns(linesOf(person))}\n${address}\n\n${end}\n`,
    json: { ...toJson(person), link: address, expiresAt: link.expiresAt },
  };
}

function linesOf(person: PersonRow) {
  return [
    ['id', person.id],
    ['email', person.email],
    ['name', person.name],
    ['role', person.role],
    ['merchant', person.merchant_id],
    ['state', stateOf(person)],
  ];
}

function stateOf({ disabled_at: disabledAt, password_hash: hash }: PersonRow): string {
  if (disabledAt !== null) return `disabled since ${disabledAt.toISOString()}`;
  return hash === null ? 'has set no password' : 'active';
}

function toJson(person: PersonRow) {
  return {
    id: person.id,
    email: person.email,
    name: person.name,
    role: person.role,
    merchantId: person.merchant_id,
    hasPassword: person.password_hash !== null,
    hasSecondFactor: person.totp_confirmed_at !== null,
    disabledAt: person.disabled_at,
    createdAt: person.created_at,
  };
}
