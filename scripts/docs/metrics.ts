import { createMetrics } from '../../src/gateway/metrics.ts';
import { code, sentence, table } from './table.ts';

export async function metricsText(): Promise<string> {
  const { registry } = createMetrics();
  const all = await registry.getMetricsAsJSON();
  const own = all.filter(({ name }) => name.startsWith('skinrail_'));
  const lines = own.map(({ name, type, help }) => {
    const labels: unknown = Reflect.get(registry.getSingleMetric(name) ?? {}, 'labelNames'); // not in its types
    const names = Array.isArray(labels) ? labels.map((label) => code(String(label))) : [];
    return [code(name), String(type), names.join(', '), sentence(help)];
  });
  return table(['metric', 'type', 'labels', 'meaning'], lines);
}
