// The workbook that the portal shows. Its layout is infra/workbook.json, in which "@<name>" stands for the query infra/queries/<name>.kql.
import { costTags } from '../types.bicep'

param displayName string
param location string
param tags costTags
param workspaceId string

var queries = {
  breakers: loadTextContent('../queries/breakers.kql')
  checks: loadTextContent('../queries/checks.kql')
  'cost-by-pipeline': loadTextContent('../queries/cost-by-pipeline.kql')
  'cost-over-time': loadTextContent('../queries/cost-over-time.kql')
  'engine-disk': loadTextContent('../queries/engine-disk.kql')
  'error-rate': loadTextContent('../queries/error-rate.kql')
  exceptions: loadTextContent('../queries/exceptions.kql')
  'failed-runs': loadTextContent('../queries/failed-runs.kql')
  'failures-by-code': loadTextContent('../queries/failures-by-code.kql')
  freshness: loadTextContent('../queries/freshness.kql')
  'last-runs': loadTextContent('../queries/last-runs.kql')
  'pipeline-durations': loadTextContent('../queries/pipeline-durations.kql')
  quarantine: loadTextContent('../queries/quarantine.kql')
  'quarantine-rate': loadTextContent('../queries/quarantine-rate.kql')
  resources: loadTextContent('../queries/resources.kql')
  retries: loadTextContent('../queries/retries.kql')
  'rows-by-outcome': loadTextContent('../queries/rows-by-outcome.kql')
  'rows-by-pipeline': loadTextContent('../queries/rows-by-pipeline.kql')
  'runs-now': loadTextContent('../queries/runs-now.kql')
  'runs-over-time': loadTextContent('../queries/runs-over-time.kql')
  'service-levels': loadTextContent('../queries/service-levels.kql')
  'slow-calls': loadTextContent('../queries/slow-calls.kql')
  'step-durations': loadTextContent('../queries/step-durations.kql')
  'storage-calls': loadTextContent('../queries/storage-calls.kql')
  'success-rate': loadTextContent('../queries/success-rate.kql')
  'telemetry-volume': loadTextContent('../queries/telemetry-volume.kql')
  waits: loadTextContent('../queries/waits.kql')
}

// As JSON writes them.
var escaped = mapValues(queries, query => replace(replace(replace(query, '\\', '\\\\'), '"', '\\"'), '\n', '\\n'))

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(resourceGroup().id, displayName)
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: displayName
    category: 'workbook'
    version: '1.0'
    sourceId: workspaceId
    serializedData: reduce(
      items(escaped),
      string(loadJsonContent('../workbook.json')),
      (layout, query) => replace(string(layout), '@${query.key}"', '${query.value}"')
    )
  }
}
