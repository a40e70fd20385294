package io.flocker.control.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.cluster.Command;
import io.flocker.core.model.Operation;
import io.flocker.core.spec.UpgradeSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pcollections.TreePMap;

class WatcherTest {
    private static final String OLD = "sha256:1";
    private static final String NEW = "sha256:2";
    private static final long FIVE_MINUTES = 300_000;

    private final WatchedCluster cluster = cluster(OLD);

    private static WatchedCluster cluster(String digest) {
        try {
            return new WatchedCluster(digest);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void asksAtTheIntervalAndLeavesWhatIsTheSameAlone() {
        cluster.says = OLD;
        cluster.pass(FIVE_MINUTES);

        assertThat(cluster.asked).hasSize(5);
        assertThat(gaps(cluster)).allMatch(gap -> gap == WatchedCluster.INTERVAL);
        assertThat(cluster.upgrades).isEmpty();
        assertThat(cluster.problems()).isEmpty();
    }

    @Test
    void newContentBecomesTheNextReleaseOnce() {
        cluster.says = NEW;
        cluster.pass(WatchedCluster.INTERVAL);
        assertThat(cluster.upgrades).containsExactly(NEW);
        cluster.finish(Operation.State.DONE, "");
        cluster.pass(FIVE_MINUTES);

        assertThat(cluster.upgrades).containsExactly(NEW);
        assertThat(cluster.web().release().digest()).isEqualTo(NEW);
        assertThat(cluster.web().current()).isEqualTo(2);
    }

    @Test
    void whatIsNotKnownToBeTheSameIsReplaced() {
        WatchedCluster unknown = cluster("");
        unknown.says = OLD;
        unknown.pass(WatchedCluster.INTERVAL);

        assertThat(unknown.upgrades).containsExactly(OLD);
    }

    @Test
    void aFailingRegistryIsAskedLessAndLessOftenAndSaysSoOnce() {
        cluster.pass(4 * 3_600_000);

        List<Long> gaps = gaps(cluster);
        assertThat(gaps.subList(0, 5)).containsExactly(120_000L, 240_000L, 480_000L, 900_000L, 900_000L);
        assertThat(gaps).allMatch(gap -> gap <= Watched.MAX_BACK_OFF_MILLIS);
        assertThat(cluster.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.subject()).isEqualTo("shop/web");
            assertThat(problem.step()).isEqualTo("follow " + WatchedCluster.IMAGE);
            assertThat(problem.message()).contains("does not say");
            assertThat(problem.attempts()).isEqualTo(cluster.asked.size());
            assertThat(problem.retryAtMillis()).isGreaterThanOrEqualTo(cluster.nowMillis);
            assertThat(problem.lasting()).isFalse();
        });

        cluster.says = OLD;
        cluster.pass(Watched.MAX_BACK_OFF_MILLIS);
        assertThat(cluster.problems()).isEmpty();
    }

    @Test
    void waitsForWhateverChangesTheEnvironment() {
        cluster.begin("admin", cluster.environment().application(), TreePMap.empty());
        cluster.says = NEW;
        cluster.pass(FIVE_MINUTES);
        assertThat(cluster.asked).isEmpty();

        cluster.finish(Operation.State.DONE, "");
        cluster.pass(500);
        assertThat(cluster.upgrades).containsExactly(NEW);
    }

    @Test
    void whatBeginsWhileTheRegistryThinksGoesFirst() {
        cluster.says = NEW;
        cluster.meanwhile = () -> {
            cluster.begin("admin", cluster.environment().application(), TreePMap.empty());
            cluster.meanwhile = () -> {};
        };
        cluster.pass(WatchedCluster.INTERVAL);
        assertThat(cluster.upgrades).isEmpty();
        cluster.finish(Operation.State.DONE, "");

        cluster.busy = true;
        cluster.pass(10_000);
        assertThat(cluster.upgrades).isEmpty();
        assertThat(cluster.problems()).as("no failure").isEmpty();
        cluster.busy = false;
        cluster.pass(10_000);
        assertThat(cluster.upgrades).containsExactly(NEW);
    }

    @Test
    void contentThatFailedIsNotTriedAgainButTheNextIs() {
        cluster.says = NEW;
        cluster.pass(WatchedCluster.INTERVAL);
        cluster.goBack();
        cluster.pass(FIVE_MINUTES);

        assertThat(cluster.upgrades).containsExactly(NEW);
        assertThat(cluster.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.lasting()).isTrue();
            assertThat(problem.message())
                    .contains(NEW, "was given up as release 2", "flocker upgrade -e shop web runs this one");
        });

        cluster.says = "sha256:3";
        cluster.pass(WatchedCluster.INTERVAL);
        assertThat(cluster.upgrades).containsExactly(NEW, "sha256:3");
    }

    @Test
    void aUserMayTryAgainWhatFailed() {
        cluster.says = NEW;
        cluster.pass(WatchedCluster.INTERVAL);
        cluster.goBack();
        cluster.deployed(NEW);
        cluster.pass(FIVE_MINUTES);

        assertThat(cluster.problems()).isEmpty();
        assertThat(cluster.upgrades).containsExactly(NEW);
    }

    @Test
    void whatAUserWentBackFromIsNotBroughtBack() {
        cluster.says = NEW;
        cluster.pass(WatchedCluster.INTERVAL);
        cluster.finish(Operation.State.DONE, "");
        cluster.deployed(OLD);
        cluster.pass(FIVE_MINUTES);

        assertThat(cluster.upgrades).containsExactly(NEW);
        assertThat(cluster.problems())
                .singleElement()
                .satisfies(problem ->
                        assertThat(problem.message()).contains("ran as release 2, and somebody went back from that"));

        cluster.says = "sha256:3";
        cluster.pass(WatchedCluster.INTERVAL);
        assertThat(cluster.upgrades).containsExactly(NEW, "sha256:3");
    }

    @Test
    void whatTheRegistryWentBackFromAndToIsFollowed() {
        for (String digest : List.of(NEW, OLD, NEW)) {
            cluster.says = digest;
            cluster.pass(WatchedCluster.INTERVAL + 500);
            cluster.finish(Operation.State.DONE, "");
        }
        assertThat(cluster.upgrades).containsExactly(NEW, OLD, NEW);
    }

    @Test
    void whatCouldNotBePulledIsTriedAgainLater() {
        cluster.says = NEW;
        cluster.begin("watch", cluster.environment().application(), TreePMap.singleton("web", NEW));
        cluster.finish(Operation.State.FAILED, "There is no such image");
        cluster.pass(100_000);
        assertThat(cluster.upgrades).isEmpty();
        assertThat(cluster.problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.message())
                        .contains("the upgrade to " + NEW + " failed: There is no such image"));

        cluster.pass(WatchedCluster.INTERVAL);
        assertThat(cluster.upgrades).containsExactly(NEW);
    }

    @Test
    void whatAUserCancelledStaysCancelled() {
        cluster.says = NEW;
        cluster.begin("watch", cluster.environment().application(), TreePMap.singleton("web", NEW));
        cluster.submit(new Command.Cancel("ann", cluster.nowMillis, cluster.operation()));
        cluster.pass(FIVE_MINUTES);

        assertThat(cluster.upgrades).isEmpty();
        assertThat(cluster.problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.message()).contains("was cancelled by ann"));
    }

    @Test
    void onlyTheLeaderAsksAndANewOneSoonDoes() {
        cluster.says = OLD;
        cluster.term = Watcher.NOT_LEADING;
        cluster.pass(FIVE_MINUTES);
        assertThat(cluster.asked).isEmpty();

        cluster.term = 7;
        cluster.pass(WatchedCluster.INTERVAL);
        assertThat(cluster.asked).hasSize(1);
    }

    @Test
    void anAnswerThatComesAfterTheLeadIsLostIsForNobody() {
        cluster.says = NEW;
        cluster.meanwhile = () -> cluster.term = Watcher.NOT_LEADING;
        cluster.pass(FIVE_MINUTES);

        assertThat(cluster.asked).hasSize(1);
        assertThat(cluster.upgrades).isEmpty();
        assertThat(cluster.problems()).isEmpty();
    }

    @Test
    void aHintIsAskedAboutAtOnceButNotWithoutPause() {
        cluster.says = OLD;
        cluster.pass(WatchedCluster.INTERVAL);
        int before = cluster.asked.size();
        assertThat(cluster.watcher.hint(new ImageTag("shop/web", "2"))).isEmpty();
        assertThat(cluster.watcher.hint(new ImageTag("shop/web", "1"))).containsExactly("shop/web");
        cluster.pass(500);
        assertThat(cluster.asked).hasSize(before + 1);

        for (int i = 0; i < 10; i++) {
            cluster.watcher.hint(new ImageTag("shop/web", "1"));
            cluster.pass(1_000);
        }
        assertThat(cluster.asked).hasSize(before + 3);
        cluster.term = Watcher.NOT_LEADING;
        assertThat(cluster.watcher.hint(new ImageTag("shop/web", "1"))).isEmpty();
    }

    @Test
    void aHintThatComesWhileTheRegistryThinksIsNotLost() {
        cluster.says = OLD;
        cluster.meanwhile = () -> {
            cluster.watcher.hint(new ImageTag("shop/web", "1"));
            cluster.meanwhile = () -> {};
        };
        cluster.pass(30_500);
        assertThat(cluster.asked).hasSize(1);
        cluster.says = NEW;
        cluster.pass(Watched.LEAST_GAP_MILLIS);

        assertThat(cluster.upgrades).containsExactly(NEW);
    }

    @Test
    void whatDoesNotFollowIsNotAskedAbout() {
        var application = cluster.environment().application();
        var still = cluster.spec().with(1, cluster.spec().placement(), UpgradeSpec.DEFAULT);
        cluster.says = NEW;
        cluster.deploy("admin", application.with("web", still), TreePMap.empty());
        cluster.finish(Operation.State.DONE, "");
        cluster.pass(FIVE_MINUTES);
        assertThat(cluster.asked).isEmpty();

        cluster.deploy("admin", application.with("web", cluster.spec().withImage("web@" + OLD)), TreePMap.empty());
        cluster.finish(Operation.State.DONE, "");
        cluster.pass(FIVE_MINUTES);
        assertThat(cluster.asked).as("named by its content").isEmpty();
    }

    @Test
    void aClockThatIsSetBackDoesNotEndTheWatch() {
        cluster.says = OLD;
        cluster.pass(WatchedCluster.INTERVAL);
        cluster.nowMillis -= 10L * 24 * 3_600_000;
        cluster.pass(1_000);

        assertThat(cluster.asked).hasSize(2);
    }

    private static List<Long> gaps(WatchedCluster cluster) {
        List<Long> gaps = new ArrayList<>();
        for (int i = 1; i < cluster.asked.size(); i++) {
            gaps.add(cluster.asked.get(i) - cluster.asked.get(i - 1));
        }
        return gaps;
    }
}
