package io.flocker.core.plan;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Forecast;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Operation;
import io.flocker.core.model.Service;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.pcollections.TreePMap;

/// What each node offers to the others' proxies, as the leader heard it. Not durable: a new leader hears it within one
/// report interval.
///
/// An instance that is to stop first leaves what its node offers; it stops once no other proxy sends to it any more
/// ([#isReleased]). That is known, not waited for: every node says which revision its proxy follows.
///
/// @param revision grows with every change
/// @param since the first revision of the leader this comes from; what nodes followed before that is not known
/// @param counts how many instances serve a backend, or how much they weigh together if they do not weigh
/// alike, by backend (as in [RoutingTable.Backend#name]) and node
/// @param lingering the revision in which a node ceased to offer a backend that others may still
///     send to, by backend and node
/// @param exposed the TCP ports that images say they listen on, by reference
/// @param followed the lowest revision that every reporting node's proxy follows
/// @param shares how many of [#WHOLE] parts of their usual requests busy nodes get, by node; others get all
public record Offers(
        long revision,
        long since,
        TreePMap<String, TreePMap<String, Integer>> counts,
        TreePMap<String, TreePMap<String, Long>> lingering,
        TreePMap<String, List<Integer>> exposed,
        long followed,
        TreePMap<String, Integer> shares) {
    /// A node's usual requests in parts.
    public static final int WHOLE = 4;

    /// Before anything was heard.
    public static final Offers NONE =
            new Offers(0, 1, TreePMap.empty(), TreePMap.empty(), TreePMap.empty(), 0, TreePMap.empty());

    /// What one node says.
    ///
    /// @param counts how many of its instances take traffic, by backend
    /// @param exposed by image
    /// @param followed the revision its proxy follows; of another leader's if it is lower than `since`
    public record Said(TreePMap<String, Integer> counts, TreePMap<String, List<Integer>> exposed, long followed) {}

    /// What the leader has heard of a node, as it told that node.
    ///
    /// @param counts as in the node's report
    /// @param revision of the offers that this went into
    public record Heard(TreePMap<String, Integer> counts, long revision) {
        public static final Heard NOTHING = new Heard(TreePMap.empty(), Long.MAX_VALUE);
    }

    /// Whether these offers were made after the leader heard the node's last word, `said`: older ones may call
    /// released what the leader is just telling the others.
    boolean follow(Heard heard, TreePMap<String, Integer> said) {
        return heard.counts().equals(said) && revision >= heard.revision();
    }

    /// The images whose ports nodes need to know: what services run, what they are about to run, and what they would go
    /// back to. A node that had to ask once a release is current would close the service's doors meanwhile.
    public static Set<String> images(ClusterState state) {
        var images = new HashSet<String>();
        for (Environment environment : state.environments().values()) {
            for (Service service : environment.services().values()) {
                Stream.concat(Stream.of(service.release()), service.previous().stream())
                        .forEach(release -> images.add(release.runs().image()));
            }
        }
        state.operations().values().stream()
                .filter(Operation::running)
                .forEach(operation -> images.addAll(Forecast.images(state, operation)));
        return Set.copyOf(images);
    }

    /// The beginning of a leader's time.
    ///
    /// @param since higher than any revision before
    public static Offers since(long since) {
        return new Offers(since, since, TreePMap.empty(), TreePMap.empty(), TreePMap.empty(), 0, TreePMap.empty());
    }

    /// The next ones, from what the nodes say that are not silent.
    ///
    /// @param images those whose ports are worth knowing
    public Offers after(TreePMap<String, Said> said, Set<String> images) {
        TreePMap<String, TreePMap<String, Integer>> nextCounts = counts(said);
        long lowest = said.values().stream().mapToLong(Said::followed).min().orElse(revision);
        TreePMap<String, TreePMap<String, Long>> nextLingering = lingering(said, nextCounts, lowest);
        TreePMap<String, List<Integer>> nextExposed = exposed(said, images);
        long nextFollowed = Math.max(Math.min(lowest, revision), 0);
        boolean same = nextCounts.equals(counts)
                && nextExposed.equals(exposed)
                && nextLingering.equals(lingering)
                && isSettled(nextFollowed) == isSettled(followed);
        return same
                ? new Offers(revision, since, counts, lingering, exposed, nextFollowed, shares)
                : new Offers(revision + 1, since, nextCounts, nextLingering, nextExposed, nextFollowed, shares);
    }

    /// The same under the next revision.
    public Offers next() {
        return new Offers(revision + 1, since, counts, lingering, exposed, followed, shares);
    }

    /// With other shares of requests.
    public Offers sharing(TreePMap<String, Integer> newShares) {
        return newShares.equals(shares)
                ? this
                : new Offers(revision + 1, since, counts, lingering, exposed, followed, newShares);
    }

    /// How many of [#WHOLE] parts of its usual requests a node gets.
    int share(String node) {
        return Math.clamp(shares.getOrDefault(node, WHOLE), 1, WHOLE);
    }

    private static TreePMap<String, TreePMap<String, Integer>> counts(TreePMap<String, Said> said) {
        var byBackend = new TreeMap<String, TreePMap<String, Integer>>();
        said.forEach((node, offer) -> offer.counts()
                .forEach((backend, count) ->
                        byBackend.merge(backend, TreePMap.singleton(node, count), (nodes, one) -> nodes.plusAll(one))));
        return TreePMap.from(byBackend);
    }

    /// A node that is silent sends nothing anybody waits for, and what it offered before is in its last word.
    private TreePMap<String, TreePMap<String, Long>> lingering(
            TreePMap<String, Said> said, TreePMap<String, TreePMap<String, Integer>> nextCounts, long lowest) {
        TreePMap<String, TreePMap<String, Long>> next = TreePMap.empty();
        for (var before : counts.entrySet()) {
            for (String node : before.getValue().keySet()) {
                next = withLingering(next, nextCounts, before.getKey(), node, revision + 1);
            }
        }
        for (var before : lingering.entrySet()) {
            for (var left : before.getValue().entrySet()) {
                if (lowest < left.getValue()) {
                    next = withLingering(next, nextCounts, before.getKey(), left.getKey(), left.getValue());
                }
            }
        }
        return said.isEmpty() ? TreePMap.empty() : next;
    }

    private static TreePMap<String, TreePMap<String, Long>> withLingering(
            TreePMap<String, TreePMap<String, Long>> lingering,
            TreePMap<String, TreePMap<String, Integer>> nextCounts,
            String backend,
            String node,
            long gone) {
        if (nextCounts.getOrDefault(backend, TreePMap.empty()).containsKey(node)) {
            return lingering;
        }
        return lingering.plus(
                backend,
                lingering.getOrDefault(backend, TreePMap.<String, Long>empty()).plus(node, gone));
    }

    private TreePMap<String, List<Integer>> exposed(TreePMap<String, Said> said, Set<String> images) {
        TreePMap<String, List<Integer>> next = TreePMap.empty();
        for (var known : exposed.entrySet()) {
            if (images.contains(known.getKey())) {
                next = next.plus(known.getKey(), known.getValue());
            }
        }
        for (Said offer : said.values()) {
            for (var told : offer.exposed().entrySet()) {
                if (images.contains(told.getKey())) {
                    next = next.plus(told.getKey(), told.getValue());
                }
            }
        }
        return next;
    }

    private boolean isSettled(long lowest) {
        return lowest >= since;
    }

    /// Whether no proxy but its own sends to `node`'s instances of a backend any more.
    public boolean isReleased(String backend, String node) {
        return isSettled(followed) && !offers(counts, backend, node) && !offers(lingering, backend, node);
    }

    private static <T> boolean offers(TreePMap<String, TreePMap<String, T>> by, String backend, String node) {
        return by.getOrDefault(backend, TreePMap.<String, T>empty()).containsKey(node);
    }

    /// How many instances of a backend nodes other than `node` offer, by node.
    TreePMap<String, Integer> elsewhere(String backend, String node) {
        return counts.getOrDefault(backend, TreePMap.<String, Integer>empty()).minus(node);
    }

    /// The ports an image says it listens on; empty if no node that has it told.
    Optional<List<Integer>> ports(String image) {
        return Optional.ofNullable(exposed.get(image));
    }
}
