// Rules that ask the workspace at regular times. What each asks is a query of its own in infra/queries; test/infra holds them against the app.
import { alertThresholds, costTags } from '../types.bicep'

param baseName string
param location string
param tags costTags
param workspaceId string
param actionGroupId string
param thresholds alertThresholds

type rule = {
  name: string
  title: string
  says: string
  @description('0 critical, 1 error, 2 warning, 3 informational.')
  severity: 0 | 1 | 2 | 3
  query: string
  @description('Columns by which one alert each is made; they come with the alert.')
  dimensions: string[]
  operator: 'GreaterThan' | 'LessThan' | 'Equal'
  threshold: int
  every: string
  window: string
  @description('Evaluations in a row that have to agree.')
  times: int
}

var rules rule[] = [
  {
    name: 'failed-runs'
    title: 'Runs failed'
    says: 'Runs ended as failed; the code names the page in docs/runbooks.'
    severity: 1
    query: loadTextContent('../queries/alert-failed-runs.kql')
    dimensions: ['code']
    operator: 'GreaterThan'
    threshold: 0
    every: 'PT5M'
    window: 'PT5M'
    times: 1
  }
  {
    name: 'no-runs'
    title: 'No run began'
    says: 'No run began for a whole window: neither schedules nor events start anything.'
    severity: 1
    query: loadTextContent('../queries/alert-no-runs.kql')
    dimensions: []
    operator: 'Equal'
    threshold: 0
    every: 'PT1H'
    window: thresholds.noRunsWindow
    times: 1
  }
  {
    name: 'quarantine-backlog'
    title: 'Quarantined rows wait'
    says: 'Quarantined rows have waited too long for a decision.'
    severity: 2
    query: loadTextContent('../queries/alert-quarantine-backlog.kql')
    dimensions: ['pipeline']
    operator: 'GreaterThan'
    threshold: thresholds.quarantineHours
    every: 'PT30M'
    window: 'PT30M'
    times: 1
  }
  {
    name: 'breaker-open'
    title: 'A circuit breaker is open'
    says: 'A connection failed so often that pipelines wait for it, or fail at once.'
    severity: 1
    query: loadTextContent('../queries/alert-breaker-open.kql')
    dimensions: ['connection']
    operator: 'GreaterThan'
    threshold: 1
    every: 'PT5M'
    window: 'PT10M'
    // Many open for a minute and close again.
    times: 2
  }
  {
    name: 'freshness'
    title: 'A service level was missed'
    says: 'A pipeline is not as fresh, as quick or as early as it promises.'
    severity: 2
    query: loadTextContent('../queries/alert-freshness.kql')
    dimensions: ['pipeline', 'objective']
    operator: 'GreaterThan'
    threshold: 0
    every: 'PT15M'
    window: 'PT15M'
    times: 1
  }
  {
    name: 'ingestion-stopped'
    title: 'Nothing is heard of the app'
    says: 'The app is down, or its telemetry does not arrive: identity, network or the daily limit of the workspace.'
    severity: 0
    query: loadTextContent('../queries/alert-ingestion-stopped.kql')
    dimensions: []
    operator: 'Equal'
    threshold: 0
    every: 'PT10M'
    window: 'PT30M'
    times: 1
  }
]

resource alerts 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for each in rules: {
    name: 'alert-${baseName}-${each.name}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: '${each.title} (${baseName})'
      description: each.says
      severity: each.severity
      enabled: true
      scopes: [workspaceId]
      evaluationFrequency: each.every
      windowSize: each.window
      criteria: {
        allOf: [
          {
            query: each.query
            timeAggregation: 'Maximum'
            metricMeasureColumn: 'value'
            dimensions: map(each.dimensions, name => { name: name, operator: 'Include', values: ['*'] })
            operator: each.operator
            threshold: each.threshold
            failingPeriods: { numberOfEvaluationPeriods: each.times, minFailingPeriodsToAlert: each.times }
          }
        ]
      }
      autoMitigate: true
      actions: { actionGroups: [actionGroupId] }
    }
  }
]
