package oracle

import (
	psapi "k8s.io/pod-security-admission/api"
	pspolicy "k8s.io/pod-security-admission/policy"
)

func init() { register("podsecuritychecks", podSecurityChecks) }

// podSecurityChecks lists the checks: the level of each, the minor versions from
// which on it asks something else, and the checks that it stands for.
func podSecurityChecks(struct{}) (answer, error) {
	checks := answer{}
	for _, check := range pspolicy.DefaultChecks() {
		since, overrides := []int{}, map[pspolicy.CheckID]bool{}
		for _, version := range check.Versions {
			since = append(since, minor(version.MinimumVersion))
			for _, id := range version.OverrideCheckIDs {
				overrides[id] = true
			}
		}
		checks[string(check.ID)] = answer{"level": check.Level, "since": since, "overrides": overrides}
	}
	return answer{"checks": checks}, nil
}

// minor counts the minor versions of Kubernetes 1 before a version.
func minor(version psapi.Version) int {
	count := 0
	for at := psapi.MajorMinorVersion(1, 0); at.Older(version); at = psapi.MajorMinorVersion(1, count) {
		count++
	}
	return count
}
