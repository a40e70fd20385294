package io.flocker.control.lead;

import io.flocker.client.api.Report;
import io.flocker.core.cluster.ClusterState;
import io.flocker.core.load.ClusterLoad;
import io.flocker.core.load.History;
import io.flocker.core.load.Measurement;
import io.flocker.core.load.Smoother;
import io.flocker.core.model.Instance;
import io.flocker.core.plan.Problem;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How busy everything is and was, by what nodes say. What cannot be is not believed, and told as
/// a problem of the node. Not durable: a new leader begins anew, and so does everybody when its
/// clock is set. Times are by that clock.
public final class LoadBook {
    private static final Logger log = LoggerFactory.getLogger(LoadBook.class);

    private final Smoother smoother = new Smoother();
    private final History history = new History();
    private final Map<String, Problem> doubts = new TreeMap<>();

    /// Takes what a node says, if it says anything.
    synchronized void hear(String node, Report report, ClusterState state, long nowMillis) {
        if (report.load().isEmpty()) {
            return;
        }
        Measurement.Plausible heard = report.load().get().plausible(report.poolTotalBytes());
        doubt(node, heard.objections(), nowMillis);
        smoother.hear(
                node,
                heard.measurement(),
                report.poolTotalBytes(),
                report.poolFreeBytes(),
                subject -> isOn(state, node, subject),
                nowMillis);
        history.note(smoother.load(nowMillis), nowMillis);
    }

    private static boolean isOn(ClusterState state, String node, String subject) {
        int slash = subject.indexOf('/');
        return slash < 0
                ? state.volume(subject)
                        .filter(volume -> volume.head().primary().equals(node))
                        .isPresent()
                : state.environment(subject.substring(0, slash))
                        .map(environment -> environment.instances().get(subject.substring(slash + 1)))
                        .map(Instance::node)
                        .filter(node::equals)
                        .isPresent();
    }

    private void doubt(String node, List<String> objections, long nowMillis) {
        if (objections.isEmpty()) {
            doubts.remove(node);
            return;
        }
        String more = objections.size() == 1 ? "" : " and " + (objections.size() - 1) + " more";
        String message = "it says what cannot be of its load: " + objections.getFirst() + more
                + "; see whether its kernel and its agent are those of the others";
        if (!doubts.containsKey(node)) {
            log.atWarn()
                    .addKeyValue("node", node)
                    .addKeyValue("reason", message)
                    .log("Load is not believed");
        }
        doubts.put(node, new Problem(Problem.NODE, "measure its load", message, false, 1, nowMillis, 0));
    }

    /// How busy everything is.
    public synchronized ClusterLoad load(long nowMillis) {
        return smoother.load(nowMillis);
    }

    /// How busy a node or a service was, by its key ([History]).
    public synchronized List<History.Point> history(String key) {
        return history.of(key);
    }

    /// What a node says that cannot be.
    public synchronized Optional<Problem> doubt(String node) {
        return Optional.ofNullable(doubts.get(node));
    }
}
