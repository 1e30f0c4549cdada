import { Button, Radio, Stack } from '@mantine/core';
import { useState } from 'react';
import { ConfirmAction } from '../../shared/confirm-action.tsx';
import { type Fact, Facts } from '../../shared/facts.tsx';
import { Loaded } from '../../shared/loaded.tsx';
import { Panel } from '../../shared/page.tsx';
import { TimeAgo } from '../../shared/time-ago.tsx';
import { type Approvals, type DemoShop, setApprovals, useShop } from './queries.ts';
import classes from './sandbox.module.css';

interface AnswerTexts {
  readonly name: string;
  /** What becomes of a purchase. */
  readonly effect: string;
}

const answers: Readonly<Record<Approvals, AnswerTexts>> = {
  approve: { name: 'It approves', effect: 'The items are bought.' },
  reject: { name: 'It rejects', effect: 'The trade fails, and its money is released.' },
  silent: { name: 'It does not answer', effect: 'The trade waits, is asked about again, and fails in the end.' },
};

const modes = Object.keys(answers) as Approvals[]; // the keys of a record are of its type

/** How the demo shop answers when it is asked to approve a trade. */
export function Shop() {
  const query = useShop();
  const [isOpen, setOpen] = useState(false);
  return (
    <Loaded query={query} height={180}>
      {(shop) => (
        <Panel>
          <div className={classes['panel']}>
            <p className="muted" style={{ margin: 0 }}>
              The gateway asks the simulated server of the merchant “Demo Shop” to approve each of its trades.
            </p>
            <ShopFacts shop={shop} />
            <Button variant="default" onClick={() => setOpen(true)}>
              Change…
            </Button>
          </div>
          {isOpen && <ApprovalsDialog current={shop.approvals} onClose={() => setOpen(false)} />}
        </Panel>
      )}
    </Loaded>
  );
}

function ShopFacts({ shop: { approvals, questions } }: { readonly shop: DemoShop }) {
  const { name, effect } = answers[approvals];
  const facts: Fact[] = [
    ['Now', <strong key="now">{name}</strong>],
    ['What that does', effect],
    ['Last asked', <LastAsked key="asked" question={questions[0]} />],
  ];
  return <Facts facts={facts} />;
}

function LastAsked({ question }: { readonly question: DemoShop['questions'][number] | undefined }) {
  return question ? <TimeAgo at={question.askedAt} /> : <span className="muted">not yet</span>;
}

interface ApprovalsDialogProps {
  readonly current: Approvals;
  readonly onClose: () => void;
}

function ApprovalsDialog({ current, onClose }: ApprovalsDialogProps) {
  const [chosen, setChosen] = useState(current);
  const run = async () => {
    await setApprovals(chosen);
    return `The demo shop: ${answers[chosen].name.toLowerCase()} from now on.`;
  };
  return (
    <ConfirmAction title="How the demo shop answers" action="Change the answer" onClose={onClose} run={run}>
      <Radio.Group
        label="When it is asked to approve a trade"
        value={chosen}
        onChange={(value) => setChosen(modes.find((mode) => mode === value) ?? current)}
      >
        <Stack gap="xs" mt="xs">
          {modes.map((mode) => (
            <Radio key={mode} value={mode} label={answers[mode].name} description={answers[mode].effect} />
          ))}
        </Stack>
      </Radio.Group>
      <p style={{ margin: 0 }}>Trades that were decided stay so. Everyone who uses this sandbox has the same shop.</p>
    </ConfirmAction>
  );
}
