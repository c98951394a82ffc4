package jobs

import (
	"os"
	"time"

	"github.com/robfig/cron/v3"

	"pod-tools.test/upstream/oracle"
)

func init() {
	oracle.Register("timeZones", timeZones)
	oracle.Register("cronSchedule", schedule)
}

// timeZones lets the zones of a directory be used before those of the machine, from before the
// first one is asked for: each side has a database of its own age.
func timeZones(r struct {
	Dir string `json:"dir"`
}) (oracle.Answer, error) {
	return oracle.Answer{}, os.Setenv("ZONEINFO", r.Dir)
}

type scheduleRequest struct {
	Schedule string `json:"schedule"`
	// Zone is that of the times: a schedule without one goes by it.
	Zone string `json:"zone"`
	// Times are in seconds since 1970.
	Times []int64 `json:"times"`
	Count int     `json:"count"`
}

// schedule answers for each time with the next ones, in seconds since 1970; where there is none
// the list ends.
func schedule(r scheduleRequest) (oracle.Answer, error) {
	parsed, err := cron.ParseStandard(r.Schedule)
	if err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation(r.Zone)
	if err != nil {
		return nil, err
	}
	next := [][]int64{}
	for _, from := range r.Times {
		runs, at := []int64{}, time.Unix(from, 0).In(zone)
		for len(runs) < r.Count {
			if at = parsed.Next(at); at.IsZero() {
				break
			}
			runs = append(runs, at.Unix())
		}
		next = append(next, runs)
	}
	return oracle.Answer{"next": next}, nil
}
