package io.flocker.control.lead;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.client.api.Report;
import io.flocker.core.cluster.ClusterState;
import io.flocker.core.delta.OffersDelta;
import io.flocker.core.model.Node;
import io.flocker.core.plan.Observed;
import io.flocker.core.plan.Offers;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.pcollections.TreePMap;

class OfferBookTest {
    private static final String WEB = "production/web:80";
    private static final long LATER_NANOS = TimeUnit.MILLISECONDS.toNanos(25);

    private final OfferBook book = new OfferBook(1);
    private ClusterState state = ClusterState.EMPTY;
    private long nowNanos = System.nanoTime();

    private long offer(int node, int instances) {
        TreePMap<String, Integer> offered = instances == 0 ? TreePMap.empty() : TreePMap.singleton(WEB, instances);
        var report = new Report(
                1,
                Observed.NOTHING,
                List.of(),
                List.of(),
                TreePMap.empty(),
                offered,
                0,
                List.of(),
                0,
                0,
                List.of(),
                Optional.empty());
        return book.hear("n" + node, report, state, nowNanos);
    }

    private Offers current() {
        return book.current(state, nowNanos);
    }

    private static int offered(Offers offers, int node) {
        return offers.counts().getOrDefault(WEB, TreePMap.empty()).getOrDefault("n" + node, 0);
    }

    /// A cluster in which each node offers one instance.
    private void nodes(int count) {
        for (int node = 1; node <= count; node++) {
            state = state.with(Node.joined("n" + node, "10.0.0." + node, TreePMap.empty(), "", 1));
        }
        for (int node = 1; node <= count; node++) {
            offer(node, 1);
        }
        nowNanos += LATER_NANOS;
        assertThat(offered(current(), count)).isOne();
    }

    @Test
    void tellsFewNodesAtOnce() {
        nodes(OfferBook.FEW_NODES);

        long revision = offer(1, 2);

        assertThat(current().revision()).isEqualTo(revision);
        assertThat(offered(current(), 1)).isEqualTo(2);
    }

    @Test
    void takesTogetherWhatManyNodesSay() {
        nodes(OfferBook.FEW_NODES + 1);
        long before = current().revision();

        long first = offer(1, 2);
        long second = offer(2, 2);

        assertThat(List.of(first, second)).containsOnly(before + 1);
        assertThat(current().revision()).isEqualTo(before);
        nowNanos += LATER_NANOS;
        assertThat(current().revision()).isEqualTo(before + 1);
        assertThat(offered(current(), 1)).isEqualTo(2);
        assertThat(offered(current(), 2)).isEqualTo(2);
    }

    @Test
    void keepsItsWordWhenNothingIsOtherwiseInTheEnd() {
        nodes(OfferBook.FEW_NODES + 1);

        offer(1, 2);
        long promised = offer(1, 1);

        nowNanos += LATER_NANOS;
        assertThat(current().revision()).isGreaterThanOrEqualTo(promised);
        assertThat(offered(current(), 1)).isOne();
    }

    /// A node that finds the promised revision takes its word for known, and stops instances.
    @Test
    void putsNothingElseIntoTheRevisionItPromised() {
        nodes(OfferBook.FEW_NODES + 1);
        long promised = offer(1, 2);

        book.share(TreePMap.singleton("n2", 1));

        assertThat(current().revision()).isLessThan(promised);
        nowNanos += LATER_NANOS;
        assertThat(current().revision()).isEqualTo(promised);
        assertThat(offered(current(), 1)).isEqualTo(2);
        book.share(TreePMap.singleton("n2", 1));
        assertThat(current().shares()).containsOnlyKeys("n2");
    }

    @Test
    void tellsANodeOnlyWhatIsAnotherOneThanItKnows() {
        nodes(3);
        Offers known = current();
        offer(1, 2);
        Offers next = current();

        OffersDelta delta = book.tell(known.revision());

        assertThat(delta.put().counts().get(WEB)).containsOnlyKeys("n1");
        assertThat(delta.after(known)).contains(next);
        assertThat(book.tell(next.revision()).put().counts()).isEmpty();
    }

    @Test
    void tellsAllToANodeThatIsFarBehindOrKnowsAnotherLeader() {
        nodes(3);
        Offers known = current();
        for (int change = 0; change <= OfferBook.EARLIER; change++) {
            offer(1, 2 + change);
        }

        for (long since : new long[] {known.revision(), 0, current().revision() + 1_000}) {
            OffersDelta all = book.tell(since);
            assertThat(all.base()).isZero();
            assertThat(all.after(Offers.NONE)).contains(current());
        }
    }
}
