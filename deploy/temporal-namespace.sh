#!/bin/sh
# Makes the namespace and Lastgood's search attributes in it. May run again at any time.
set -eu

namespace="${TEMPORAL_NAMESPACE}"
attempt=0
until temporal operator cluster health; do
  attempt=$((attempt + 1))
  [ "${attempt}" -lt 30 ] || exit 1
  sleep 2
done

temporal operator namespace describe --namespace "${namespace}" ||
  temporal operator namespace create --namespace "${namespace}" --retention 30d

present="$(temporal operator search-attribute list --namespace "${namespace}")"
attribute() {
  case "${present}" in
    *"$1"*) ;;
    *) temporal operator search-attribute create --namespace "${namespace}" --name "$1" --type "$2" ;;
  esac
}

attribute LastgoodEnvironment Keyword
attribute LastgoodComponents KeywordList
attribute LastgoodPhase Keyword
attribute LastgoodOutcome Keyword
