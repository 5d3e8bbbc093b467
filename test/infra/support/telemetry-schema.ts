/**
 * The tables of a workspace that queries may read, in the words of Kusto:
 * https://learn.microsoft.com/azure/azure-monitor/reference/tables-index
 */
const COMMON =
  'TimeGenerated: datetime, AppRoleName: string, AppRoleInstance: string, OperationId: string, OperationName: string, ParentId: string, Properties: dynamic, _BilledSize: real, _ResourceId: string, Type: string';

export const TABLES: Readonly<Record<string, string>> = {
  AppTraces: `(${COMMON}, Message: string, SeverityLevel: int, ItemCount: int)`,
  AppRequests: `(${COMMON}, Id: string, Name: string, DurationMs: real, Success: bool, ResultCode: string, Url: string, ItemCount: int)`,
  AppDependencies: `(${COMMON}, Id: string, Name: string, DependencyType: string, Target: string, Data: string, DurationMs: real, Success: bool, ResultCode: string, ItemCount: int)`,
  AppMetrics: `(${COMMON}, Name: string, Sum: real, Min: real, Max: real, ItemCount: int)`,
  AppExceptions: `(${COMMON}, ExceptionType: string, OuterMessage: string, OuterType: string, ProblemId: string, SeverityLevel: int, ItemCount: int)`,
};

/** Names in `Properties` of everything but metrics: the fields of events and the attributes of spans that queries may rely on. */
export const PROPERTIES: ReadonlySet<string> = new Set([
  'activity',
  'attempt',
  'class',
  'code',
  'connection',
  'correlationId',
  'dueAt',
  'event',
  'loaded',
  'objective',
  'partition',
  'pipeline',
  'quarantined',
  'runId',
  'status',
  'step',
  'trigger',
]);
