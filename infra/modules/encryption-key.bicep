// The customer-managed key of storage and database, rotated by the vault, and the one identity that may use it.
import { costTags, encryptionKey, roleIds } from '../types.bicep'

param vaultName string
param keyName string
param identityName string
param location string
param tags costTags

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: vaultName
}

resource key 'Microsoft.KeyVault/vaults/keys@2024-11-01' = {
  parent: vault
  name: keyName
  tags: tags
  properties: {
    kty: 'RSA'
    keySize: 3072
    keyOps: ['wrapKey', 'unwrapKey']
    rotationPolicy: {
      attributes: { expiryTime: 'P1Y' }
      lifetimeActions: [
        { trigger: { timeAfterCreate: 'P9M' }, action: { type: 'rotate' } }
        { trigger: { timeBeforeExpiry: 'P30D' }, action: { type: 'notify' } }
      ]
    }
  }
}

module identity 'identity.bicep' = {
  name: 'encryption-identity'
  params: { name: identityName, location: location, tags: tags }
}

module role 'role-on-key.bicep' = {
  name: 'role-encryption-key'
  params: {
    vaultName: vault.name
    keyName: key.name
    principalId: identity.outputs.principalId
    roleId: roleIds.keyVaultCryptoServiceEncryptionUser
    reason: 'Storage and the database wrap and unwrap their data keys with this key, and with no other.'
  }
}

output encryption encryptionKey = {
  keyName: key.name
  keyUri: key.properties.keyUri
  vaultUri: vault.properties.vaultUri
  identityId: identity.outputs.id
}
