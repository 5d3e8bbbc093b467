/** An entity as the client gives it with type conversion off: values with their types, or system properties as they are. */
type RawEntity = Readonly<Record<string, unknown>>;

/** Names of the client's for properties that the service calls otherwise. */
const SERVICE_NAMES: Readonly<Record<string, string>> = {
  partitionKey: 'PartitionKey',
  rowKey: 'RowKey',
  timestamp: 'Timestamp',
};

/**
 * An entity as a line of JSON with texts for values, so that 64-bit integers stay exact: times are ISO 8601 in UTC, binary values Base64.
 * What belongs to the protocol is left out.
 */
export function entityLine(entity: RawEntity): string {
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries(entity)) {
    if (name === 'etag' || name.startsWith('odata.')) continue;
    const inner = typeof value === 'object' && value !== null && 'value' in value ? value.value : value;
    if (inner === null || inner === undefined) continue;
    texts[SERVICE_NAMES[name] ?? name] = typeof inner === 'string' ? inner : JSON.stringify(inner);
  }
  return `${JSON.stringify(texts)}\n`;
}
