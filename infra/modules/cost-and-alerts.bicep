// Who is told: an action group, and a budget of the resource group that tells it in time.
import { costTags } from '../types.bicep'

param groupName string
param budgetName string
param tags costTags

@description('At most 12 characters; the sender of text messages.')
@maxLength(12)
param shortName string
param emails string[]

@description('In the currency of the subscription, each month.')
@minValue(1)
param monthlyAmount int

@description('First day of a month; Azure takes none before the current month when the budget is made.')
param startDate string

resource group 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: groupName
  location: 'global'
  tags: tags
  properties: {
    enabled: true
    groupShortName: shortName
    emailReceivers: [
      for (email, index) in emails: { name: 'email-${index}', emailAddress: email, useCommonAlertSchema: true }
    ]
  }
}

resource budget 'Microsoft.Consumption/budgets@2023-11-01' = {
  name: budgetName
  properties: {
    category: 'Cost'
    amount: monthlyAmount
    timeGrain: 'Monthly'
    timePeriod: { startDate: startDate }
    notifications: {
      spent80: {
        enabled: true
        operator: 'GreaterThanOrEqualTo'
        threshold: 80
        thresholdType: 'Actual'
        contactEmails: emails
        contactGroups: [group.id]
      }
      forecast100: {
        enabled: true
        operator: 'GreaterThanOrEqualTo'
        threshold: 100
        thresholdType: 'Forecasted'
        contactEmails: emails
        contactGroups: [group.id]
      }
    }
  }
}

output actionGroupId string = group.id
