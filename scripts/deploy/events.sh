#!/usr/bin/env sh
# usage: events.sh <environment> <resource group>, with SLUICE_APP, SLUICE_DATA_STORAGE and SLUICE_WORKSPACE_ID set
# The second stage: subscriptions of Event Grid, which need the functions of the app to be there.
set -eu
cd "$(dirname "$0")/../.."
: "${SLUICE_APP:?}" "${SLUICE_DATA_STORAGE:?}" "${SLUICE_WORKSPACE_ID:?}"
# An app that was published a moment ago may not have its functions listed yet, and a new role takes a while to count.
for attempt in 1 2 3 4 5; do
  az deployment group create --name sluice-events --resource-group "$2" \
    --parameters "infra/environments/events.$1.bicepparam" --output none && exit 0
  echo "The subscriptions could not be made, try $attempt of 5." >&2
  [ "$attempt" = 5 ] || sleep "${SLUICE_PAUSE_SECONDS:-30}"
done
exit 1
