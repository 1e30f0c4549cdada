import { CloseButton, Group } from '@mantine/core';
import { durationText } from '../../shared/duration.ts';
import { Notice } from '../../shared/notice.tsx';
import type { SignatureTest } from './queries.ts';

interface TestResultProps {
  readonly result: SignatureTest;
  readonly onClose: () => void;
}

/** How a merchant's server has answered a test. */
export function TestResult({ result, onClose }: TestResultProps) {
  const { advice, status, failure, durationMs, refusesForgeries, url } = result;
  return (
    <Group gap={4} wrap="nowrap" align="start">
      <div style={{ flex: 1, minWidth: 0 }}>
        <Notice
          tone={advice === null ? 'good' : 'bad'}
          title={advice === null ? 'The test succeeded' : 'The test failed'}
        >
          {advice ?? 'The server takes genuine callbacks and refuses forged ones.'}
          <div className="muted">
            <span className="mono">{url}</span> answered {status === null ? 'nothing' : `with status ${status}`} to the
            genuine message, in {durationText(durationMs)}
            {failure !== null && `: ${failure}`}. {forgeryText(refusesForgeries)}
          </div>
        </Notice>
      </div>
      <CloseButton aria-label="Close the result" onClick={onClose} />
    </Group>
  );
}

function forgeryText(refuses: boolean | null): string {
  if (refuses === null) return 'Whether it refuses a forged one is not known.';
  return refuses ? 'It refused the forged one.' : 'It took the forged one as well.';
}
