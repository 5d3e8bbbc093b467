// A private endpoint for one service of one resource, with its record in the private zone.
import { costTags } from '../types.bicep'

param name string
param location string
param tags costTags
param subnetId string
param targetId string

@description('The service of the resource: https://learn.microsoft.com/azure/private-link/private-endpoint-overview#private-link-resource')
param service 'blob' | 'queue' | 'table' | 'vault' | 'sites'

param zoneId string

resource endpoint 'Microsoft.Network/privateEndpoints@2024-05-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    subnet: { id: subnetId }
    privateLinkServiceConnections: [
      { name: service, properties: { privateLinkServiceId: targetId, groupIds: [service] } }
    ]
  }

  resource group 'privateDnsZoneGroups' = {
    name: 'default'
    properties: {
      privateDnsZoneConfigs: [{ name: service, properties: { privateDnsZoneId: zoneId } }]
    }
  }
}
