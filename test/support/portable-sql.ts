import { parseSync } from 'libpg-query';
import { DISTRIBUTION_COLUMN, distributedTables, referenceTables } from '../../src/db/distribution.ts';
import { ALL_MERCHANTS, NOT_ON_CLUSTERS, ON_ONE_SERVER } from '../../src/db/portable.ts';

/**
 * The form of SQL that a distributed engine runs as well as a single server (docs/internals/portable-sql.md). The statement is
 * parsed with PostgreSQL's own parser.
 * @returns what is not portable in the statement, in words; empty if all of it is
 */
export function unportable(text: string): string[] {
  if (text.includes(NOT_ON_CLUSTERS) || text.includes(ON_ONE_SERVER)) return [];
  const faults = new Set<string>();
  if (/::\s*(integer|int)\b|\bas (integer|int)\b/i.test(text))
    faults.add('write int4: elsewhere an integer has 64 bits');
  const { stmts } = parseSync(text) as { stmts: { stmt: Node }[] }; // as documented
  for (const { stmt } of stmts) new Statement(text, faults).check(stmt);
  return [...faults];
}

/** A node of the parsed statement: `{SelectStmt: {…}}`, or a part of one. */
interface Node {
  readonly [key: string]: unknown;
}

/** How many merchants a statement names for a table: one, some, or none. */
type Named = 'one' | 'some' | 'none';
const strength: Record<Named, number> = { none: 0, some: 1, one: 2 };

/** Merchants' columns that are equal in each row that a statement finds. */
class Key {
  #parent: Key | null = null;
  #named: Named = 'none';

  get root(): Key {
    return this.#parent ? this.#parent.root : this;
  }

  get named(): Named {
    return this.root.#named;
  }

  name(named: Named): void {
    const { root } = this;
    if (strength[named] > strength[root.#named]) root.#named = named;
  }

  equal(other: Key): void {
    const [a, b] = [this.root, other.root];
    if (a === b) return;
    a.name(b.#named);
    b.#parent = a;
  }
}

/** What a FROM clause names, and the column of it that says the merchant. */
interface Relation {
  readonly key: Key;
  readonly column: string;
}

class Scope {
  readonly relations = new Map<string, Relation>();
  readonly queries: Map<string, Key>;
  readonly outer: Scope | null;
  /** The keys of distributed tables in this scope. */
  readonly distributed: Key[] = [];
  /** Names of relations that every worker has in whole: copied tables, and queries with a LIMIT, whose rows are sent to all. */
  readonly copied = new Set<string>();

  constructor(outer: Scope | null) {
    this.outer = outer;
    this.queries = new Map(outer?.queries ?? []);
  }

  /** @param path of a column, such as `item.merchant_id` */
  keyOf(path: readonly string[]): Key | null {
    const column = path.at(-1) ?? '';
    const [alias] = path.length > 1 ? path : [];
    for (const [name, relation] of this.relations) {
      if (relation.column === column && (alias === undefined || alias === name)) return relation.key;
    }
    return this.outer?.keyOf(path) ?? null;
  }
}

/** A table whose rows a statement uses. */
interface Use {
  readonly table: string;
  readonly key: Key;
  readonly isWritten: boolean;
}

const VOLATILE = new Set(['random', 'gen_random_uuid', 'clock_timestamp', 'now', 'timeofday', 'nextval', 'age']);

class Statement {
  readonly #text: string;
  readonly #faults: Set<string>;
  readonly #uses: Use[] = [];
  readonly #locks: Key[] = [];
  readonly #apart: string[] = [];
  #isRecursive = false;

  constructor(text: string, faults: Set<string>) {
    this.#text = text;
    this.#faults = faults;
  }

  check(stmt: Node): void {
    this.#query(stmt, null);
    for (const { table, key, isWritten } of this.#uses) {
      if (key.named !== 'none') continue;
      if (isWritten) this.#faults.add(`a write to ${table} does not name its merchant`);
      else if (!this.#text.includes(ALL_MERCHANTS))
        this.#faults.add(`a read of ${table} names no merchant, and does not say that it is of all`);
    }
    const isOfAll = this.#uses.some(({ key }) => key.named === 'none');
    if (isOfAll && this.#uses.some(({ isWritten }) => isWritten))
      this.#faults.add('a write reads rows of all merchants');
    if (isOfAll && this.#isRecursive) this.#faults.add('a recursive query does not name its merchant');
    if (isOfAll) for (const fault of this.#apart) this.#faults.add(fault);
    if (this.#locks.some((key) => key.named !== 'one')) this.#faults.add('rows of several merchants are locked');
  }

  /** @returns the key of the merchant's column among what the query returns */
  #query(stmt: Node, outer: Scope | null): Key {
    const [kind = '', body = {}] = Object.entries(stmt)[0] ?? [];
    const node = body as Node; // a statement's body is a node
    switch (kind) {
      case 'SelectStmt':
        return this.#select(node, outer);
      case 'InsertStmt':
        return this.#insert(node, outer);
      case 'UpdateStmt':
      case 'DeleteStmt':
        return this.#change(node, outer);
      default:
        return new Key();
    }
  }

  #with(node: Node, scope: Scope): void {
    const clause = node['withClause'] as Node | undefined; // absent: no WITH
    if (!clause) return;
    if (clause['recursive']) this.#isRecursive = true;
    for (const cte of list(clause['ctes'])) {
      const { ctename, ctequery } = body(cte);
      const name = String(ctename);
      // A recursive query uses its own name.
      if (clause['recursive']) scope.queries.set(name, new Key());
      scope.queries.set(name, this.#query(ctequery as Node, scope));
    }
  }

  #select(node: Node, outer: Scope | null): Key {
    const scope = new Scope(outer);
    this.#with(node, scope);
    if (node['op'] !== undefined && node['op'] !== 'SETOP_NONE') {
      const left = this.#select(node['larg'] as Node, scope);
      const right = this.#select(node['rarg'] as Node, scope);
      const both = new Key();
      both.name(strength[left.named] < strength[right.named] ? left.named : right.named);
      return both;
    }
    if (node['valuesLists']) {
      for (const each of list(node['valuesLists'])) this.#expression(each, scope);
      const given = new Key();
      given.name('some');
      return given;
    }
    for (const each of list(node['fromClause'])) this.#from(each, scope);
    this.#conditions(node['whereClause'], scope);
    for (const part of ['targetList', 'whereClause', 'groupClause', 'havingClause', 'sortClause', 'limitCount']) {
      this.#expression(node[part], scope);
    }
    this.#isTogether(scope);
    if (node['lockingClause']) this.#locks.push(...scope.distributed);
    return this.#returned(list(node['targetList']), scope);
  }

  #insert(node: Node, outer: Scope | null): Key {
    const scope = new Scope(outer);
    this.#with(node, scope);
    const { table, key } = this.#table(node['relation'], scope, true);
    const select = (node['selectStmt'] as Node | undefined)?.['SelectStmt'] as Node | undefined;
    const columns = list(node['cols']).map((column) => String(body(column)['name']));
    const place = columns.indexOf(DISTRIBUTION_COLUMN);
    if (isDistributed(table) && select) {
      if (place < 0) this.#faults.add(`a write to ${table} does not name its merchant`);
      if (select['valuesLists']) this.#values(select, place, key, scope);
      else this.#insertSelect(select, place, key, scope);
    } else if (select) this.#select(select, scope);
    this.#refuseMoving(node['onConflictClause'], isDistributed(table));
    this.#expression(node['onConflictClause'], scope);
    this.#expression(node['returningList'], scope);
    return this.#returned(list(node['returningList']), scope);
  }

  #values(select: Node, place: number, key: Key, scope: Scope): void {
    for (const row of list(select['valuesLists'])) {
      const values = list(body(row)['items']);
      if (values.some(holdsQuery)) this.#faults.add('a value of an INSERT is a query');
      const given = values[place];
      if (given !== undefined && isGiven(given)) key.name('one');
      this.#expression(row, scope);
    }
  }

  #insertSelect(select: Node, place: number, key: Key, scope: Scope): void {
    const target = list(select['targetList'])[place];
    const value = target === undefined ? undefined : body(target)['val'];
    if (value !== undefined && isGiven(value)) {
      key.name('one');
      this.#select(select, scope);
    } else key.equal(this.#select(select, scope));
  }

  #change(node: Node, outer: Scope | null): Key {
    const scope = new Scope(outer);
    this.#with(node, scope);
    const { table } = this.#table(node['relation'], scope, true);
    for (const each of [...list(node['fromClause']), ...list(node['usingClause'])]) this.#from(each, scope);
    this.#conditions(node['whereClause'], scope);
    for (const part of ['targetList', 'whereClause']) this.#refuseMoving(node[part], isDistributed(table));
    for (const part of ['targetList', 'whereClause', 'returningList']) this.#expression(node[part], scope);
    this.#isTogether(scope);
    return this.#returned(list(node['returningList']), scope);
  }

  /** A worker may run a change again, and on a copy: it must come to the same there. */
  #refuseMoving(part: unknown, isOfDistributed: boolean): void {
    if (!isOfDistributed || part === undefined) return;
    walk(part, (kind, node) => {
      if (kind === 'FuncCall' && VOLATILE.has(nameOf(node['funcname']))) {
        this.#faults.add(`a change calls ${nameOf(node['funcname'])}()`);
      }
      if (kind === 'SQLValueFunction') this.#faults.add('a change asks the server for the time');
      if (kind === 'TypeCast' && nameOf((node['typeName'] as Node | undefined)?.['names']) === 'interval') {
        this.#faults.add('a change calculates with intervals');
      }
      return true;
    });
  }

  #from(item: unknown, scope: Scope): void {
    const [kind, node] = entry(item);
    switch (kind) {
      case 'RangeVar':
        this.#table(node, scope, false);
        return;
      case 'RangeSubselect': {
        this.#lateral(node, scope);
        const key = this.#query(node['subquery'] as Node, scope);
        this.#add(scope, aliasOf(node), { key, column: DISTRIBUTION_COLUMN });
        return;
      }
      case 'RangeFunction': {
        this.#expression(node['functions'], scope);
        const key = new Key();
        if (!holdsColumn(node['functions'])) key.name('some');
        this.#add(scope, aliasOf(node), { key, column: DISTRIBUTION_COLUMN });
        return;
      }
      case 'JoinExpr':
        this.#join(node, scope);
        return;
    }
  }

  /** A worker has only some of the rows that belong to a copied one: it cannot tell which of them are the first. */
  #lateral(node: Node, scope: Scope): void {
    const hasLimit = body(node['subquery'])['limitCount'] !== undefined;
    if (hasLimit && node['lateral'] && holdsColumnOf(node['subquery'], scope.copied)) {
      this.#apart.push('a lateral query with a LIMIT depends on rows that are copied');
    }
    if (hasLimit && !node['lateral']) scope.copied.add(aliasOf(node));
  }

  #join(node: Node, scope: Scope): void {
    const before = new Set(scope.relations.keys());
    this.#from(node['larg'], scope);
    const left = [...scope.relations].filter(([name]) => !before.has(name));
    this.#from(node['rarg'], scope);
    const right = [...scope.relations].filter(([name]) => !before.has(name) && !left.some(([other]) => other === name));
    const columns = list(node['usingClause']).map((each) => String(body(each)['sval']));
    if (columns.includes(DISTRIBUTION_COLUMN)) {
      const keys = [...left, ...right].map(([, { key }]) => key);
      const [first] = keys;
      for (const key of keys) first?.equal(key);
    }
    this.#conditions(node['quals'], scope);
    this.#expression(node['quals'], scope);
  }

  #table(relation: unknown, scope: Scope, isWritten: boolean): { table: string; key: Key } {
    const node = relation as Node;
    const table = String(node['relname']);
    const known = node['schemaname'] === undefined ? scope.queries.get(table) : undefined;
    const key = known ?? new Key();
    const isSpread = known === undefined && isDistributed(table);
    if (isSpread) {
      scope.distributed.push(key);
      this.#uses.push({ table, key, isWritten });
    }
    if (known === undefined && referenceTables.some((each) => each === table)) scope.copied.add(aliasOf(node) || table);
    const column = known === undefined && table === 'merchant' ? 'id' : DISTRIBUTION_COLUMN;
    this.#add(scope, aliasOf(node) || table, { key, column });
    return { table: isSpread ? table : '', key };
  }

  #add(scope: Scope, alias: string, relation: Relation): void {
    scope.relations.set(alias || `unnamed ${scope.relations.size}`, relation);
  }

  /** Conditions that hold for every row: what they say to be equal, and what they name. */
  #conditions(clause: unknown, scope: Scope): void {
    for (const condition of conjuncts(clause)) {
      const [kind, node] = entry(condition);
      if (kind !== 'A_Expr' || nameOf(node['name']) !== '=') continue;
      const { lexpr, rexpr } = node;
      if (entry(lexpr)[0] === 'RowExpr') this.#rows(lexpr, rexpr, scope);
      else if (node['kind'] === 'AEXPR_OP') this.#equal(lexpr, rexpr, scope);
      else if (isGiven(rexpr)) columnKey(lexpr, scope)?.name('some');
    }
  }

  /** `(merchant_id, id) in (($1, $2), …)`, or `(a.merchant_id, a.id) = (b.merchant_id, b.id)`. */
  #rows(left: unknown, right: unknown, scope: Scope): void {
    const columns = list(body(left)['args']);
    const isRow = entry(right)[0] === 'RowExpr';
    for (const [place, column] of columns.entries()) {
      if (isRow) this.#equal(column, list(body(right)['args'])[place], scope);
      else if (isGiven(right)) columnKey(column, scope)?.name('some');
    }
  }

  #equal(left: unknown, right: unknown, scope: Scope): void {
    const [a, b] = [columnKey(left, scope), columnKey(right, scope)];
    if (a && b) a.equal(b);
    else if (a && isGiven(right)) a.name('one');
    else if (b && isGiven(left)) b.name('one');
  }

  /** Queries inside of an expression. */
  #expression(expression: unknown, scope: Scope): void {
    walk(expression, (kind, node) => {
      if (kind !== 'SubLink') return true;
      const key = this.#query(node['subselect'] as Node, scope);
      const columns = list(body(node['testexpr'])['args'] ?? (node['testexpr'] ? [node['testexpr']] : []));
      for (const column of columns) columnKey(column, scope)?.equal(key);
      return false;
    });
  }

  /** Rows of tables that are not on one worker cannot be joined there. */
  #isTogether(scope: Scope): void {
    const roots = new Set(scope.distributed.map((key) => key.root));
    if (roots.size > 1) this.#apart.push('tables are joined that are not joined by their merchants');
  }

  #returned(targets: readonly unknown[], scope: Scope): Key {
    for (const target of targets) {
      const { name, val } = body(target);
      const key = columnKey(val, scope);
      if (key && (name === undefined || name === DISTRIBUTION_COLUMN)) return key;
      if (name === DISTRIBUTION_COLUMN && isGiven(val)) return given('one');
    }
    const isAll = targets.some((target) => holdsStar(target));
    const [first] = [...scope.relations.values()];
    return isAll && first ? first.key : (scope.distributed[0] ?? first?.key ?? given('some'));
  }
}

function given(named: Named): Key {
  const key = new Key();
  key.name(named);
  return key;
}

function isDistributed(table: string): boolean {
  return distributedTables.some((each) => each === table);
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function entry(value: unknown): readonly [string, Node] {
  if (typeof value !== 'object' || value === null) return ['', {}];
  const [kind = '', node = {}] = Object.entries(value)[0] ?? [];
  return [kind, typeof node === 'object' && node !== null ? (node as Node) : {}];
}

function body(value: unknown): Node {
  return entry(value)[1];
}

function nameOf(names: unknown): string {
  return String(body(list(names).at(-1))['sval'] ?? '');
}

function aliasOf(node: Node): string {
  return String((node['alias'] as Node | undefined)?.['aliasname'] ?? '');
}

/** Conditions joined by AND, also inside of `(…) is true`. */
function conjuncts(clause: unknown): unknown[] {
  const [kind, node] = entry(clause);
  if (kind === 'BoolExpr' && node['boolop'] === 'AND_EXPR') return list(node['args']).flatMap(conjuncts);
  if (kind === 'BooleanTest' && node['booltesttype'] === 'IS_TRUE') return conjuncts(node['arg']);
  return kind === '' ? [] : [clause];
}

function columnKey(expression: unknown, scope: Scope): Key | null {
  const [kind, node] = entry(expression);
  if (kind !== 'ColumnRef') return null;
  return scope.keyOf(list(node['fields']).map((field) => String(body(field)['sval'] ?? '*')));
}

/** Made of parameters and literals alone. */
function isGiven(expression: unknown): boolean {
  return !holdsColumn(expression) && !holdsQuery(expression);
}

function holdsColumn(expression: unknown): boolean {
  return holds(expression, 'ColumnRef');
}

function holdsColumnOf(expression: unknown, relations: ReadonlySet<string>): boolean {
  let isFound = false;
  walk(expression, (kind, node) => {
    const [relation] = list(node['fields']).map((field) => String(body(field)['sval'] ?? ''));
    if (kind === 'ColumnRef' && relation !== undefined && relations.has(relation)) isFound = true;
    return true;
  });
  return isFound;
}

function holdsStar(expression: unknown): boolean {
  return holds(expression, 'A_Star');
}

function holdsQuery(expression: unknown): boolean {
  return holds(expression, 'SubLink');
}

function holds(expression: unknown, wanted: string): boolean {
  let isFound = false;
  walk(expression, (kind) => {
    if (kind === wanted) isFound = true;
    return !isFound;
  });
  return isFound;
}

/** @param visit is called with each node's kind; false: not inside of it */
function walk(value: unknown, visit: (kind: string, node: Node) => boolean): void {
  if (Array.isArray(value)) {
    for (const each of value) walk(each, visit);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [kind, node] of Object.entries(value)) {
    if (typeof node !== 'object' || node === null) continue;
    if (visit(kind, node as Node)) walk(node, visit);
  }
}
