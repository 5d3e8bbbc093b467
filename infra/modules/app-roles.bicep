// What the app's identity may do, each role at the narrowest scope that works, with its reason.
// `sluice roles` derives the same list from the pipelines; a test compares the two.
import { dataContainer, roleIds } from '../types.bicep'

param principalId string
param hostStorageName string
param dataStorageName string

@description('None where no pipeline reads a secret.')
param vaultName string?
param insightsName string
param containers dataContainer[]

@description('A queue takes the events of arriving files, where Event Grid cannot call the app.')
param eventQueue string?

var hostRoles = [
  {
    label: 'blob'
    roleId: roleIds.blobDataOwner
    reason: 'The Functions host keeps leases, keys and its package here; Durable keeps leases and large messages. It makes its containers itself.'
  }
  {
    label: 'queue'
    roleId: roleIds.queueDataContributor
    reason: 'Durable makes the control and work-item queues of its hub and moves its messages through them.'
  }
  {
    label: 'table'
    roleId: roleIds.tableDataContributor
    reason: 'Durable makes the tables of its hub and keeps histories and instances there.'
  }
]

module host 'role-on-storage.bicep' = [
  for role in hostRoles: {
    name: 'role-host-${role.label}'
    params: {
      storageName: hostStorageName
      principalId: principalId
      roleId: role.roleId
      reason: role.reason
    }
  }
]

module stateTables 'role-on-storage.bicep' = {
  name: 'role-data-table'
  params: {
    storageName: dataStorageName
    principalId: principalId
    roleId: roleIds.tableDataContributor
    reason: 'Run records, watermarks, reviews and the audit trail are tables that the app makes when it first needs them.'
  }
}

module data 'role-on-container.bicep' = [
  for container in containers: {
    name: 'role-container-${container.name}'
    params: {
      storageName: dataStorageName
      containerName: container.name
      principalId: principalId
      roleId: container.access == 'read' ? roleIds.blobDataReader : roleIds.blobDataContributor
      reason: container.reason
    }
  }
]

module events 'role-on-queue.bicep' = if (eventQueue != null) {
  name: 'role-event-queue'
  params: {
    storageName: dataStorageName
    queueName: eventQueue!
    principalId: principalId
    roleId: roleIds.queueDataContributor
    reason: 'The app takes the events of arriving files off this queue, and puts those back that failed.'
  }
}

module failedEvents 'role-on-queue.bicep' = if (eventQueue != null) {
  name: 'role-event-queue-poison'
  params: {
    storageName: dataStorageName
    queueName: '${eventQueue!}-poison'
    principalId: principalId
    roleId: roleIds.queueDataMessageSender
    reason: 'The host puts events here that failed five times.'
  }
}

module secrets 'role-on-vault.bicep' = if (vaultName != null) {
  name: 'role-vault-secrets'
  params: {
    vaultName: vaultName!
    principalId: principalId
    roleId: roleIds.keyVaultSecretsUser
    reason: 'Reads the secrets that connections name. The vault is this app\'s alone, so all of its secrets are.'
  }
}

module telemetry 'role-on-insights.bicep' = {
  name: 'role-insights-publisher'
  params: {
    insightsName: insightsName
    principalId: principalId
    roleId: roleIds.monitoringMetricsPublisher
    reason: 'Sends traces, logs and metrics; keys of Application Insights are off.'
  }
}
