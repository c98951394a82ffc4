package scheduling

import (
	"context"
	"encoding/json"
	"fmt"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/kubernetes/pkg/scheduler/framework"

	"pod-tools.test/upstream/oracle"
)

func init() { oracle.Register("scheduling", schedule) }

// request is a Pod, and the cluster's objects by kind (`nodes`, `pods`, …).
type request struct {
	Pod     v1.Pod                       `json:"pod"`
	Cluster map[string][]json.RawMessage `json:"cluster"`
}

// refusal is what a plugin says when it does not succeed.
type refusal struct {
	Plugin  string   `json:"plugin"`
	Code    string   `json:"code"`
	Reasons []string `json:"reasons"`
}

func refusalOf(plugin string, s *status) refusal {
	reasons := s.Reasons()
	if reasons == nil {
		reasons = []string{}
	}
	return refusal{Plugin: plugin, Code: s.Code().String(), Reasons: reasons}
}

// verdict of one node: the first refusal, by which the scheduler ends, and those of each plugin.
// Preemptible tells of a node whose first refusal leaves hope whether preemption could help there.
type verdict struct {
	First       *refusal  `json:"first"`
	All         []refusal `json:"all"`
	Preemptible *bool     `json:"preemptible,omitempty"`
}

func schedule(r request) (oracle.Answer, error) {
	s, err := theScheduler()
	if err != nil {
		return nil, err
	}
	if err := s.load(r.Cluster); err != nil {
		return nil, err
	}
	ctx, pod := context.Background(), &r.Pod
	nodes, err := s.snapshot.NodeInfos().List()
	if err != nil {
		return nil, err
	}
	out := oracle.Answer{"preEnqueue": s.preEnqueue(ctx, pod)}
	var state cycleState = framework.NewCycleState()
	result, failed, plugins := s.framework.RunPreFilterPlugins(ctx, state, pod)
	if !failed.IsSuccess() {
		out["preFilter"] = refusalOf(failed.Plugin(), failed)
	}
	each := s.judgeEach(ctx, pod, nodes)
	verdicts := map[string]verdict{}
	var fitting []nodeInfo
	for _, node := range nodes {
		name := node.Node().Name
		found := verdict{All: each[name]}
		switch {
		case !failed.IsSuccess():
			first := refusalOf(failed.Plugin(), failed)
			found.First = &first
		case !result.AllNodes() && !result.NodeNames.Has(name):
			// As findNodesThatFitPod says it of the nodes that it does not look at.
			found.First = &refusal{Code: "UnschedulableAndUnresolvable",
				Reasons: []string{fmt.Sprintf("node(s) didn't satisfy plugin(s) %v", sets.List(plugins))}}
		default:
			if status := s.framework.RunFilterPlugins(ctx, state, pod, node); !status.IsSuccess() {
				first := refusalOf(status.Plugin(), status)
				found.First = &first
				if first.Code == "Unschedulable" {
					found.Preemptible = s.fitsWithoutLower(ctx, state, pod, node)
				}
			} else {
				fitting = append(fitting, node)
			}
		}
		verdicts[name] = found
	}
	out["nodes"] = verdicts
	if len(fitting) > 0 {
		s.score(ctx, state, pod, fitting, out)
	}
	return out, nil
}

func (s *scheduler) preEnqueue(ctx context.Context, pod *v1.Pod) []refusal {
	refusals := []refusal{}
	for _, enabled := range s.enabled.PreEnqueue.Enabled {
		plugin := s.plugins[enabled.Name].(preEnqueuePlugin)
		if status := plugin.PreEnqueue(ctx, pod); !status.IsSuccess() {
			refusals = append(refusals, refusalOf(enabled.Name, status))
		}
	}
	return refusals
}

// judgeEach runs each plugin by itself, whatever others say. A plugin that refuses in PreFilter
// refuses each node.
func (s *scheduler) judgeEach(ctx context.Context, pod *v1.Pod, nodes []nodeInfo) map[string][]refusal {
	var state cycleState = framework.NewCycleState()
	skipped, refused := map[string]bool{}, map[string]refusal{}
	for _, enabled := range s.enabled.PreFilter.Enabled {
		_, status := preFilter(ctx, s.plugins[enabled.Name].(preFilterPlugin), state, pod, nodes)
		switch {
		case status.IsSkip():
			skipped[enabled.Name] = true
		case !status.IsSuccess():
			refused[enabled.Name] = refusalOf(enabled.Name, status)
		}
	}
	each := map[string][]refusal{}
	for _, node := range nodes {
		refusals := []refusal{}
		for _, enabled := range s.enabled.Filter.Enabled {
			if refusal, ok := refused[enabled.Name]; ok {
				refusals = append(refusals, refusal)
			} else if !skipped[enabled.Name] {
				filter := s.plugins[enabled.Name].(filterPlugin)
				if status := filter.Filter(ctx, state, pod, node); !status.IsSuccess() {
					refusals = append(refusals, refusalOf(enabled.Name, status))
				}
			}
		}
		each[node.Node().Name] = refusals
	}
	return each
}

// score adds the weighted scores of the nodes that fit, by plugin, and the plugins' weights.
func (s *scheduler) score(ctx context.Context, state cycleState, pod *v1.Pod, nodes []nodeInfo, out oracle.Answer) {
	if status := s.framework.RunPreScorePlugins(ctx, state, pod, nodes); !status.IsSuccess() {
		out["scoreErr"] = refusalOf(status.Plugin(), status)
		return
	}
	scores, status := s.framework.RunScorePlugins(ctx, state, pod, nodes)
	if !status.IsSuccess() {
		out["scoreErr"] = refusalOf(status.Plugin(), status)
		return
	}
	weights := map[string]int32{}
	for _, enabled := range s.enabled.Score.Enabled {
		weights[enabled.Name] = enabled.Weight
	}
	byNode := map[string]oracle.Answer{}
	for _, node := range scores {
		byPlugin := map[string]int64{}
		for _, plugin := range node.Scores {
			byPlugin[plugin.Name] = plugin.Score
		}
		byNode[node.Name] = oracle.Answer{"total": node.TotalScore, "plugins": byPlugin}
	}
	out["scores"], out["weights"] = byNode, weights
}
