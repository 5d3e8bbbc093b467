#!/usr/bin/env sh
# usage: events.sh <environment> <resource group>, with SLUICE_APP, SLUICE_DATA_STORAGE and SLUICE_WORKSPACE_ID set
# The second stage: subscriptions of Event Grid, which need the functions of the app to be there.
set -eu
cd "$(dirname "$0")/../.."
: "${SLUICE_APP:?}" "${SLUICE_DATA_STORAGE:?}" "${SLUICE_WORKSPACE_ID:?}"
exec az deployment group create --name sluice-events --resource-group "$2" \
  --parameters "infra/environments/events.$1.bicepparam" --output none
