// What the environments have in common; a parameter file changes what it must.
import { datasetClass } from 'types.bicep'

@export()
@description('Retention of the walk-through\'s data. Measured from the last change, so nothing goes that is still written to.')
var datasetClasses datasetClass[] = [
  // Files as they arrived. What is in the archive tier is brought back by hand before a backfill can read it.
  { name: 'source-files', prefixes: ['landing/'], coolAfterDays: 30, archiveAfterDays: 365, deleteAfterDays: 2555 }
  // Artifacts of runs, quarantined rows among them, which may hold personal data: never archived, and gone after a year
  // even where nobody decided. Maintenance sweeps all others long before. What stands in work/pipelines/ has no such
  // limit: it says which files are loaded.
  { name: 'artifacts', prefixes: ['work/runs/'], coolAfterDays: 30, deleteAfterDays: 400 }
  // Events that could not be delivered.
  { name: 'dead-events', prefixes: ['dead-events/'], deleteAfterDays: 30 }
]
