package io.flocker.control.lead;

import io.flocker.client.api.Report;
import io.flocker.core.cluster.ClusterState;
import io.flocker.core.delta.OffersDelta;
import io.flocker.core.plan.Offers;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.pcollections.TreePMap;

/// What the nodes said last of their instances, and the offers that come of it. Its owner's lock guards it.
final class OfferBook {
    /// A node that says nothing for so long offers nothing, and is not waited for.
    static final long SILENT_NANOS = TimeUnit.SECONDS.toNanos(4);

    /// A node whose proxy does not follow for so long is not waited for: what it sends to an instance that stops may
    /// fail, but it does not keep the others from going on.
    static final long STUCK_NANOS = TimeUnit.SECONDS.toNanos(10);

    /// What changes only how far proxies follow is taken together for so long.
    private static final long TOGETHER_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /// So many offers before the present ones are kept: a node that is further behind is told all there is.
    static final int EARLIER = 8;

    /// Silence is looked for this often.
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    /// So many nodes get new offers at once.
    static final int FEW_NODES = 50;

    /// What more nodes say is taken together for so long each: all of them have to be told.
    private static final long PAUSE_NANOS = TimeUnit.MICROSECONDS.toNanos(30);

    private final Map<String, Voice> voices = new TreeMap<>();
    private Offers offers;
    /// The last before [#offers], the oldest first.
    private final Deque<Offers> earlier = new ArrayDeque<>();
    /// How the present ones differ from some before, by the revision of those.
    private final Map<Long, OffersDelta> deltas = new HashMap<>();
    private ClusterState named = ClusterState.EMPTY;
    private Set<String> images = Set.of();
    /// Whether what was said since is in [#offers].
    private boolean isCurrent;

    /// Whether what nodes offer has changed since: the next offers are others, and nodes were told so.
    private boolean isDue;

    /// The nodes that are not waited for in [#offers].
    private long unheeded;

    private long currentAtNanos = System.nanoTime();
    private long lookedAtNanos = currentAtNanos;

    /// A node's last word.
    ///
    /// @param behindSince when its proxy ceased to follow
    private record Voice(Offers.Said said, long atNanos, long behindSince) {}

    /// @param since higher than any revision of a leader before
    OfferBook(long since) {
        offers = Offers.since(since);
    }

    /// Takes a node's word.
    ///
    /// @return the revision of the offers that it is in, which may be the next one
    long hear(String node, Report report, ClusterState state, long nowNanos) {
        // What is higher than the present revision is of another leader.
        long followed = report.followed() > offers.revision() ? 0 : report.followed();
        Voice before = voices.get(node);
        long behindSince = followed == offers.revision() || before == null ? nowNanos : before.behindSince();
        var said = new Offers.Said(report.offered(), report.observed().exposed(), followed);
        voices.put(node, new Voice(said, nowNanos, behindSince));
        if (before == null
                || isSilent(before, nowNanos)
                || !said.counts().equals(before.said().counts())) {
            isDue = true;
        } else if (!said.equals(before.said())) {
            isCurrent = false;
        }
        current(state, nowNanos);
        return isDue ? offers.revision() + 1 : offers.revision();
    }

    private static boolean isSilent(Voice voice, long nowNanos) {
        return nowNanos - voice.atNanos() > SILENT_NANOS;
    }

    /// The present offers.
    Offers current(ClusterState state, long nowNanos) {
        long age = nowNanos - currentAtNanos;
        boolean changed = isDue || state.version() != named.version();
        boolean follows = !isCurrent && age > Math.max(pauseNanos(), TOGETHER_NANOS);
        if ((changed && age >= pauseNanos()) || follows || isOtherwise(nowNanos)) {
            renew(state, nowNanos);
        }
        return offers;
    }

    /// Whether other nodes than before are not waited for.
    private boolean isOtherwise(long nowNanos) {
        if (nowNanos - lookedAtNanos <= LOOK_NANOS) {
            return false;
        }
        lookedAtNanos = nowNanos;
        return unheeded(nowNanos) != unheeded;
    }

    private long pauseNanos() {
        return voices.size() <= FEW_NODES ? 0 : voices.size() * PAUSE_NANOS;
    }

    /// How many nodes have fallen silent or do not follow: only time tells.
    private long unheeded(long nowNanos) {
        long count = 0;
        for (Voice voice : voices.values()) {
            if (isSilent(voice, nowNanos) || isStuck(voice, nowNanos)) {
                count++;
            }
        }
        return count;
    }

    private static boolean isStuck(Voice voice, long nowNanos) {
        return nowNanos - voice.behindSince() > STUCK_NANOS;
    }

    /// Busy nodes get so much of their usual requests from now on; while the next revision is promised for
    /// something else, they do not yet: whoever asks again finds it.
    void share(TreePMap<String, Integer> shares) {
        if (!isDue) {
            turn(offers.sharing(shares));
        }
    }

    /// Of the offers as they were last made.
    long revision() {
        return offers.revision();
    }

    /// In how many milliseconds there may be other ones although nobody says anything.
    long dueMillis() {
        return TimeUnit.NANOSECONDS.toMillis(isCurrent && !isDue ? LOOK_NANOS : TOGETHER_NANOS);
    }

    private void renew(ClusterState state, long nowNanos) {
        if (state.version() != named.version()) {
            images = Offers.images(state);
            named = state;
        }
        TreePMap<String, Offers.Said> said = TreePMap.empty();
        for (var voice : voices.entrySet()) {
            if (!isSilent(voice.getValue(), nowNanos) && state.nodes().containsKey(voice.getKey())) {
                said = said.plus(voice.getKey(), patient(voice.getValue(), nowNanos));
            }
        }
        long before = offers.revision();
        Offers next = offers.after(said, images);
        // If what changed has changed back since, somebody still waits for that revision.
        turn(isDue && next.revision() == before ? next.next() : next);
        isDue = false;
        unheeded = unheeded(nowNanos);
        isCurrent = true;
        currentAtNanos = nowNanos;
    }

    private void turn(Offers next) {
        if (next.revision() != offers.revision()) {
            earlier.addLast(offers);
            if (earlier.size() > EARLIER) {
                earlier.removeFirst();
            }
        }
        if (!next.equals(offers)) {
            deltas.clear();
        }
        offers = next;
    }

    /// How the present offers differ from those that a node has; all of them if those are too old, or another leader's.
    ///
    /// @param since their revision
    OffersDelta tell(long since) {
        Offers base = before(since);
        return deltas.computeIfAbsent(base.revision(), _ -> OffersDelta.between(base, offers));
    }

    private Offers before(long since) {
        return Stream.concat(Stream.of(offers), earlier.stream())
                .filter(each -> each.revision() == since)
                .findFirst()
                .orElse(Offers.NONE);
    }

    private Offers.Said patient(Voice voice, long nowNanos) {
        return isStuck(voice, nowNanos)
                ? new Offers.Said(voice.said().counts(), voice.said().exposed(), offers.revision())
                : voice.said();
    }
}
