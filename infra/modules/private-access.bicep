// Private zones for blob, queue, table, vault and the app itself, and an endpoint for each service that the app talks to.
import { costTags } from '../types.bicep'

param name string
param location string
param tags costTags
param networkId string
param subnetId string
param hostStorageId string
param dataStorageId string
param vaultId string
param appId string

var zoneNames = {
  blob: 'privatelink.blob.${environment().suffixes.storage}'
  queue: 'privatelink.queue.${environment().suffixes.storage}'
  table: 'privatelink.table.${environment().suffixes.storage}'
  vault: 'privatelink${replace(environment().suffixes.keyvaultDns, '.vault.', '.vaultcore.')}'
  sites: 'privatelink.azurewebsites.net'
}
var services = ['blob', 'queue', 'table', 'vault', 'sites']
var endpoints = [
  { label: 'host-blob', service: 'blob', targetId: hostStorageId }
  { label: 'host-queue', service: 'queue', targetId: hostStorageId }
  { label: 'host-table', service: 'table', targetId: hostStorageId }
  { label: 'data-blob', service: 'blob', targetId: dataStorageId }
  { label: 'data-queue', service: 'queue', targetId: dataStorageId }
  { label: 'data-table', service: 'table', targetId: dataStorageId }
  { label: 'vault', service: 'vault', targetId: vaultId }
  { label: 'app', service: 'sites', targetId: appId }
]

module zones 'private-dns-zone.bicep' = [
  for service in services: {
    name: 'zone-${service}'
    params: { name: zoneNames[service], tags: tags, networkId: networkId }
  }
]

module links 'private-endpoint.bicep' = [
  for endpoint in endpoints: {
    name: 'endpoint-${endpoint.label}'
    params: {
      name: '${name}-${endpoint.label}'
      location: location
      tags: tags
      subnetId: subnetId
      targetId: endpoint.targetId
      service: endpoint.service
      zoneId: zones[indexOf(services, endpoint.service)].outputs.id
    }
  }
]
