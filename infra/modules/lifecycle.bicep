// Retention and archive of blobs by dataset class, and what is left over of failed runs.
import { datasetClass } from '../types.bicep'

param storageName string
param classes datasetClass[]

@description('Days after which former versions of blobs are deleted.')
param versionDays int

var ruleOfClass = [
  for class in classes: {
    name: 'class-${class.name}'
    type: 'Lifecycle'
    enabled: true
    definition: {
      filters: { blobTypes: ['blockBlob'], prefixMatch: class.prefixes }
      actions: {
        baseBlob: union(
          class.?coolAfterDays == null ? {} : { tierToCool: { daysAfterModificationGreaterThan: class.coolAfterDays! } },
          class.?archiveAfterDays == null
            ? {}
            : { tierToArchive: { daysAfterModificationGreaterThan: class.archiveAfterDays! } },
          class.?deleteAfterDays == null ? {} : { delete: { daysAfterModificationGreaterThan: class.deleteAfterDays! } }
        )
      }
    }
  }
]
var versions = {
  name: 'former-versions'
  type: 'Lifecycle'
  enabled: true
  definition: {
    filters: { blobTypes: ['blockBlob'] }
    actions: { version: { delete: { daysAfterCreationGreaterThan: versionDays } } }
  }
}

resource account 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: storageName
}

resource policy 'Microsoft.Storage/storageAccounts/managementPolicies@2024-01-01' = {
  parent: account
  name: 'default'
  properties: { policy: { rules: concat(ruleOfClass, [versions]) } }
}
