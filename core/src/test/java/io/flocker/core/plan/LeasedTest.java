package io.flocker.core.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.lease.Tenure;
import io.flocker.core.model.Head;
import io.flocker.core.model.Instance;
import io.flocker.core.plan.Assignment.WantedEnvironment;
import io.flocker.core.plan.Assignment.WantedImage;
import io.flocker.core.plan.Assignment.WantedInstance;
import io.flocker.core.plan.Assignment.WantedVolume;
import io.flocker.core.spec.HttpRouting;
import io.flocker.core.spec.PlacementSpec;
import io.flocker.core.spec.ProcessSpec;
import io.flocker.core.spec.Resources;
import io.flocker.core.spec.RestartPolicy;
import io.flocker.core.spec.Sandbox;
import io.flocker.core.spec.ServiceSpec;
import io.flocker.core.spec.UpgradeSpec;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.pcollections.TreePMap;

/// What may fail over by itself starts only under a lease.
class LeasedTest {
    private static final Tenure TENURE = new Tenure("v1", 3);
    private static final String DB = "shop/db.1";

    private boolean guarded = true;
    private List<Tenure> leased = List.of(TENURE);
    private TreePMap<String, Found> containers = TreePMap.empty();

    @Test
    void aNewContainerWaitsForTheLease() {
        leased = List.of();
        assertThat(steps()).isEmpty();

        leased = List.of(TENURE);
        assertThat(steps())
                .singleElement()
                .isInstanceOfSatisfying(
                        Step.StartNew.class,
                        start -> assertThat(start.tenures()).containsExactly(TENURE));
    }

    @Test
    void aLeaseForAnotherEpochIsNone() {
        leased = List.of(new Tenure("v1", 2), new Tenure("v2", 3));
        assertThat(steps()).isEmpty();
    }

    @Test
    void whatDoesNotFailOverByItselfNeedsNone() {
        guarded = false;
        leased = List.of();
        assertThat(steps())
                .singleElement()
                .isInstanceOfSatisfying(
                        Step.StartNew.class,
                        start -> assertThat(start.tenures()).isEmpty());
    }

    @Test
    void whatTheGuardFencedStartsAgainWhenThereIsALease() {
        containers = TreePMap.singleton(DB, container(Found.State.EXITED, List.of(TENURE)));
        leased = List.of();
        assertThat(steps()).isEmpty();

        leased = List.of(TENURE);
        assertThat(steps()).containsExactly(new Step.StartAgain(DB, "c1", 1, 200, List.of(TENURE)));
    }

    @Test
    void oneThatWasMadeUnderAnotherTenureOrNoneIsMadeAnew() {
        for (List<Tenure> other : List.of(List.of(new Tenure("v1", 2)), List.<Tenure>of())) {
            for (Found.State state : List.of(Found.State.EXITED, Found.State.CREATED)) {
                containers = TreePMap.singleton(DB, container(state, other));
                assertThat(steps()).containsExactly(new Step.RemoveContainer(DB, "c1"));
            }
        }
    }

    @Test
    void whatRunsIsNotTouchedWhateverItWasMadeUnder() {
        containers = TreePMap.singleton(DB, container(Found.State.RUNNING, List.of()));
        leased = List.of();
        assertThat(steps()).isEmpty();
    }

    private static Found container(Found.State state, List<Tenure> tenures) {
        boolean started = state != Found.State.CREATED;
        return new Found(
                "c1",
                "shop",
                "db",
                1,
                1,
                0,
                state,
                Found.Health.NONE,
                "",
                false,
                started ? 137 : 0,
                started ? 1_000 : 0,
                state == Found.State.EXITED ? 5_000 : 0,
                state == Found.State.EXITED ? 1 : 0,
                tenures);
    }

    private List<Step> steps() {
        var db = new WantedInstance(
                "shop",
                "db",
                1,
                1,
                0,
                Instance.Desired.RUN,
                false,
                false,
                false,
                OptionalInt.empty(),
                false,
                spec("db:1"),
                TreePMap.empty(),
                TreePMap.singleton("data", "v1"));
        var assignment = new Assignment(
                "n1",
                TreePMap.empty(),
                TreePMap.singleton("v1", volume()),
                TreePMap.singleton(DB, db),
                TreePMap.singleton("db:1", new WantedImage("db:1", ServiceSpec.Pull.MISSING, "", "o1")),
                TreePMap.singleton(
                        "shop",
                        new WantedEnvironment(
                                "shop",
                                true,
                                TreePMap.singleton("db", 1),
                                TreePMap.singleton("db", "db"),
                                TreePMap.empty(),
                                TreePMap.empty(),
                                false,
                                false)));
        var observed = new Observed(
                TreePMap.singleton("v1", new StoredVolume("v1", 3, List.of(), 0, "")),
                containers,
                List.of(),
                TreePMap.singleton("db:1", "sha256:1"),
                TreePMap.empty(),
                TreePMap.singleton("shop", "10.213.4.0/23"),
                "",
                TreePMap.empty(),
                TreePMap.empty(),
                TreePMap.empty(),
                List.of(),
                TreePMap.empty(),
                leased);
        return NodePlanner.plan(assignment, Offers.NONE, observed, Offers.Heard.NOTHING, Optional.empty())
                .steps()
                .stream()
                .filter(step -> !(step instanceof Step.Route))
                .toList();
    }

    private WantedVolume volume() {
        return new WantedVolume(
                "v1",
                "shop",
                new Head(3, "n1", Optional.empty(), Optional.empty()),
                "",
                List.of(),
                List.of(),
                Optional.empty(),
                0,
                "",
                List.of(),
                List.of(),
                false,
                guarded,
                0,
                false);
    }

    private static ServiceSpec spec(String image) {
        return new ServiceSpec(
                image,
                ServiceSpec.Pull.MISSING,
                ProcessSpec.PLAIN,
                Sandbox.PLAIN,
                Resources.UNLIMITED,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                TreePMap.empty(),
                Optional.empty(),
                RestartPolicy.ALWAYS,
                HttpRouting.NONE,
                1,
                Optional.empty(),
                PlacementSpec.ANYWHERE,
                UpgradeSpec.DEFAULT,
                TreePMap.empty());
    }
}
