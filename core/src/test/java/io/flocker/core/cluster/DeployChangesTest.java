package io.flocker.core.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.model.Environment;
import io.flocker.core.model.Instance;
import io.flocker.core.model.Instance.Desired;
import io.flocker.core.model.Node;
import io.flocker.core.model.Operation;
import io.flocker.core.model.Operation.Phase;
import io.flocker.core.model.Snapshot;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.model.Volume;
import io.flocker.core.plan.Observed;
import io.flocker.core.plan.Offers;
import io.flocker.core.plan.OperationProgress;
import io.flocker.core.plan.Problem;
import io.flocker.core.plan.Sighting;
import io.flocker.core.spec.ApplicationSpec;
import io.flocker.core.spec.HttpRouting;
import io.flocker.core.spec.Mount;
import io.flocker.core.spec.PlacementSpec;
import io.flocker.core.spec.ProcessSpec;
import io.flocker.core.spec.Resources;
import io.flocker.core.spec.RestartPolicy;
import io.flocker.core.spec.Sandbox;
import io.flocker.core.spec.ServiceSpec;
import io.flocker.core.spec.Strategy;
import io.flocker.core.spec.UpdatePolicy;
import io.flocker.core.spec.UpgradeSpec;
import io.flocker.core.spec.VolumeSpec;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.pcollections.TreePMap;

class DeployChangesTest {
    private static final String NEXT = "next";

    @Test
    void dataIsCheckpointedWhileItStandsStillAndComesBackIfNobodyWasServed() {
        ClusterState state = after(running(), deploy(NEXT, "db:2", "web:1"));
        state = after(state, new Command.Advance(2, NEXT, Phase.PREPARE));
        assertThat(phase(state)).isEqualTo(Phase.STOP);
        assertThat(environment(state).service("db").orElseThrow().suspended()).isEqualTo(NEXT);
        assertThat(environment(state).service("web").orElseThrow().suspended()).isEmpty();

        state = after(state, new Command.Advance(2, NEXT, Phase.STOP));
        assertThat(state.after(new Command.Advance(2, NEXT, Phase.SWITCH)))
                .as("before the checkpoint is taken")
                .isInstanceOf(Outcome.Refused.class);
        SnapshotId checkpoint = volume(state).snapshots().lastEntry().getValue().id();
        state = after(confirmed(state), new Command.Advance(2, NEXT, Phase.SWITCH));
        assertThat(instance(state, "db.1").held()).isTrue();
        assertThat(instance(state, "db.1").release()).isEqualTo(2);
        long epoch = volume(state).head().epoch();

        state = after(state, new Command.Undo(3, NEXT, "db.1 is unhealthy"));
        state = after(state, new Command.ConfirmServing(3, "shop", List.of("db.1")));
        assertThat(instance(state, "db.1").held())
                .as("held, whatever was seen before it went back")
                .isTrue();
        state = after(state, new Command.Advance(3, NEXT, Phase.UNDO));
        assertThat(volume(state).head().base()).contains(checkpoint);
        assertThat(volume(state).head().epoch()).isEqualTo(epoch + 1);
        assertThat(instance(state, "db.1").release()).isEqualTo(1);
        assertThat(environment(state)
                        .service("db")
                        .orElseThrow()
                        .release(2)
                        .orElseThrow()
                        .failed())
                .isTrue();
        assertThat(environment(state).application().services().get("db")).isEqualTo(service("db:1", 1, "data"));
        state = after(state, new Command.Finish(4, NEXT, Operation.State.FAILED, "db.1 is unhealthy"));
        assertThat(state.operation(NEXT).orElseThrow().error())
                .isEqualTo("db.1 is unhealthy; what was there before runs again");
    }

    @Test
    void aSnapshotThatCannotBeTakenIsNotWaitedForWhileTheServiceStandsStill() {
        ClusterState state = after(running(), deploy(NEXT, "db:2", "web:1"));
        state = after(state, new Command.Advance(2, NEXT, Phase.PREPARE));
        state = after(state, new Command.Advance(2, NEXT, Phase.STOP));
        String subject = "volume " + volume(state).id();
        assertThat(progress(state, subject, 3).failure()).isEmpty();

        OperationProgress hopeless = progress(state, subject, 4);
        assertThat(hopeless.failure()).contains("No space left on device (node n1)");

        state = after(state, new Command.Finish(3, NEXT, Operation.State.FAILED, "No space left on device"));
        assertThat(environment(state).service("db").orElseThrow().suspended()).isEmpty();
        assertThat(instance(state, "db.1").release()).isEqualTo(1);
        assertThat(environment(state).application().services().get("db")).isEqualTo(service("db:1", 1, "data"));
    }

    private static OperationProgress progress(ClusterState state, String subject, int attempts) {
        var problem = new Problem(subject, "snapshot", "No space left on device", false, attempts, 2, 3);
        var sighting =
                new Sighting(Observed.NOTHING, true, List.of(), List.of(problem), TreePMap.empty(), List.of(), 2);
        return OperationProgress.of(
                state, TreePMap.singleton("n1", sighting), state.operation(NEXT).orElseThrow(), 2);
    }

    @Test
    void aServiceGoesBackWithItsDataToTheContentItHadAndOnlyThatStops() {
        ClusterState state = started("db:2", "web:1");
        state = after(state, new Command.Finish(4, NEXT, Operation.State.DONE, ""));
        SnapshotId checkpoint = volume(state).snapshots().lastEntry().getValue().id();
        ApplicationSpec again = environment(state).application().with("db", service("db:1", 1, "data"));

        state = after(
                state,
                new Command.RollBack(
                        "test",
                        5,
                        "back",
                        9_000,
                        "shop",
                        TreePMap.singleton(checkpoint.volume(), checkpoint),
                        Optional.of(again),
                        TreePMap.singleton("db", "sha256:1")));
        assertThat(Forecast.of(state, state.operation("back").orElseThrow()).get("n1"))
                .extracting(ServiceSpec::image)
                .contains("db:1@sha256:1", "web:1");
        state = after(state, new Command.Advance(5, "back", Phase.PREPARE));
        assertThat(environment(state).service("db").orElseThrow().suspended()).isEqualTo("back");
        assertThat(environment(state).service("web").orElseThrow().suspended()).isEmpty();

        state = after(state, new Command.Advance(5, "back", Phase.STOP));
        state = after(confirmed(state), new Command.Advance(5, "back", Phase.SWITCH));
        assertThat(volume(state).head().base()).contains(checkpoint);
        assertThat(instance(state, "db.1").release()).isEqualTo(3);
        assertThat(environment(state)
                        .service("db")
                        .orElseThrow()
                        .release()
                        .runs()
                        .image())
                .isEqualTo("db:1@sha256:1");
        assertThat(environment(state).service("web").orElseThrow().current()).isEqualTo(1);
    }

    @Test
    void portsOfImagesAreKnownBeforeTheyAreNeededAndAfterwards() {
        ClusterState state = after(running(), deploy(NEXT, "db:2", "web:1"));
        assertThat(Offers.images(state)).as("while images are pulled").contains("db:1", "db:2", "web:1");

        state = after(state, new Command.Advance(2, NEXT, Phase.PREPARE));
        state = after(state, new Command.Advance(2, NEXT, Phase.STOP));
        assertThat(Offers.images(state)).as("while nothing runs").contains("db:1", "db:2", "web:1");
        state = after(confirmed(state), new Command.Advance(2, NEXT, Phase.SWITCH));
        assertThat(Offers.images(state)).as("while there is a way back").contains("db:1", "db:2", "web:1");
    }

    @Test
    void dataStaysOnceTheNewReleaseHasServed() {
        ClusterState state = started("db:2", "web:1");
        state = after(state, new Command.StartInstances(2, "shop", List.of("db.1")));
        state = after(state, new Command.ConfirmServing(2, "shop", List.of("db.1")));
        Volume before = volume(state);

        state = after(state, new Command.Undo(3, NEXT, "web.2 is unhealthy"));
        state = after(state, new Command.Advance(3, NEXT, Phase.UNDO));

        assertThat(volume(state).head()).isEqualTo(before.head());
        assertThat(instance(state, "db.1").release()).isEqualTo(1);
    }

    @Test
    void aSuccessorStandsBesideItsPredecessorAndCountsAsOneWithIt() {
        ClusterState state = started("db:1", "web:2");
        assertThat(instance(state, "web.1").release()).as("waits for its turn").isEqualTo(1);

        state = after(state, new Command.ReplaceInstances(2, NEXT, List.of("web.1"), true));
        Instance successor = instance(state, "web.3");
        assertThat(successor.release()).isEqualTo(2);
        assertThat(successor.node()).isEqualTo(instance(state, "web.1").node());
        assertThat(environment(state).living("web")).hasSize(2).contains(successor);
        assertThat(environment(state).present("web")).hasSize(3);
        assertThat(state.after(new Command.ReplaceInstances(2, NEXT, List.of("web.1"), true)))
                .as("twice")
                .isInstanceOf(Outcome.Refused.class);

        ClusterState back = after(state, new Command.Undo(3, NEXT, "web.3 is unhealthy"));
        assertThat(instance(back, "web.3").desired()).isEqualTo(Desired.STOP);
        assertThat(instance(back, "web.1").desired()).isNotEqualTo(Desired.STOP);
        assertThat(environment(back).service("web").orElseThrow().current()).isEqualTo(1);
    }

    @Test
    void allNewOnesAreHeldAndTakeTheRequestsTogether() {
        Command.Deploy deploy = deploy(NEXT, "db:1", "web:2", UpgradeSpec.DEFAULT.by(new Strategy.BlueGreen()));
        ClusterState state = after(after(running(), deploy), new Command.Advance(2, NEXT, Phase.PREPARE));
        state = after(state, new Command.ReplaceInstances(2, NEXT, List.of("web.1", "web.2"), true));
        state = after(state, new Command.StartInstances(2, "shop", List.of("web.3", "web.4")));
        assertThat(environment(state).present("web")).filteredOn(Instance::held).hasSize(2);
        assertThat(environment(state).relieved()).doesNotContain("web.1", "web.2");

        ClusterState switched = after(state, new Command.ConfirmServing(7, "shop", List.of("web.3", "web.4")));
        assertThat(environment(switched).present("web")).noneMatch(Instance::held);
        assertThat(environment(switched).relieved()).contains("web.1", "web.2");
        assertThat(switched.events().lastEntry().getValue().text())
                .startsWith("Release 2 of web takes the requests: web.3, web.4;");

        ClusterState back = after(switched, new Command.Undo(8, NEXT, "web.3 is unhealthy"));
        assertThat(environment(back).relieved()).doesNotContain("web.1", "web.2");
        assertThat(instance(back, "web.4").desired()).isEqualTo(Desired.STOP);
        assertThat(environment(after(back, new Command.ConfirmServing(9, "shop", List.of("web.3"))))
                        .relieved())
                .doesNotContain("web.1");
    }

    @Test
    void aCanaryIsOneUntilItsPredecessorStopsAndItsOperationHasTheTimeForIt() {
        Command.Deploy deploy = deploy(NEXT, "db:1", "web:2", UpgradeSpec.DEFAULT.by(new Strategy.Canary(10, 60_000)));
        ClusterState state = after(after(running(), deploy), new Command.Advance(2, NEXT, Phase.PREPARE));
        long deadline = state.operation(NEXT).orElseThrow().deadlineMillis();
        state = after(state, new Command.ReplaceInstances(2, NEXT, List.of("web.1"), true));
        assertThat(state.operation(NEXT).orElseThrow().deadlineMillis()).isEqualTo(deadline + 60_000);
        assertThat(environment(state).isTrying(instance(state, "web.3"))).isTrue();
        assertThat(instance(state, "web.3").held()).isFalse();
        assertThat(state.events().lastEntry().getValue().text())
                .startsWith("Canary web.3 starts: its release gets about 10 % of the requests for 60 s");

        ClusterState stopped = after(state, new Command.StopInstances(3, "shop", List.of("web.1")));
        assertThat(environment(stopped).isTrying(instance(stopped, "web.3"))).isFalse();
        stopped = after(stopped, new Command.ReplaceInstances(4, NEXT, List.of("web.2"), true));
        assertThat(instance(stopped, "web.4").canary())
                .as("one of those that follow")
                .isFalse();

        ClusterState back = after(state, new Command.Undo(3, NEXT, "web.3 is unhealthy"));
        assertThat(instance(back, "web.3").desired()).isEqualTo(Desired.STOP);
        assertThat(instance(back, "web.1").desired()).isNotEqualTo(Desired.STOP);
    }

    @Test
    void whatCannotBeThereTwiceHasNoOtherStrategyThanRolling() {
        ServiceSpec data = service("db:1", 1, "data");
        ServiceSpec both = data.with(1, data.placement(), UpgradeSpec.DEFAULT.by(new Strategy.BlueGreen()));
        var application = new ApplicationSpec(
                TreePMap.singleton("db", both), TreePMap.singleton("data", VolumeSpec.PLAIN), TreePMap.empty());
        Outcome outcome = running()
                .after(new Command.Deploy(
                        "test", 1, NEXT, 9_000, "shop", application, TreePMap.empty(), OptionalLong.empty()));
        assertThat(((Outcome.Refused) outcome).message())
                .isEqualTo(
                        "Service db cannot be upgraded by strategy blue-green: two releases cannot be there at once, as"
                                + " only one can have volume data; use strategy: rolling");
    }

    @Test
    void aSlotThatASuccessorStillNamesIsNotTakenAgain() {
        ClusterState state =
                after(started("db:1", "web:2"), new Command.ReplaceInstances(2, NEXT, List.of("web.1", "web.2"), true));
        state = after(state, new Command.StopInstances(2, "shop", List.of("web.1", "web.2")));
        state = after(state, new Command.ForgetInstances(2, "shop", List.of("web.1", "web.2")));

        assertThat(environment(state).freeSlot("web")).isEqualTo(5);
        assertThat(environment(state).living("web")).hasSize(2);
    }

    @Test
    void theSameImageWithAnotherContentIsAnotherRelease() {
        Command.Deploy same = deploy(NEXT, "db:1", "web:1");
        ClusterState state = after(
                running(),
                new Command.Deploy(
                        same.by(),
                        2,
                        NEXT,
                        9_000,
                        "shop",
                        same.application(),
                        TreePMap.singleton("web", "sha256:2"),
                        OptionalLong.empty()));
        state = after(state, new Command.Advance(2, NEXT, Phase.PREPARE));

        assertThat(phase(state)).isEqualTo(Phase.START);
        assertThat(environment(state)
                        .service("web")
                        .orElseThrow()
                        .release()
                        .runs()
                        .image())
                .isEqualTo("web:1@sha256:2");
        assertThat(environment(state).service("db").orElseThrow().current()).isEqualTo(1);
    }

    @Test
    void goingBackToAReleaseOfNoCertainContentLeavesTheContentThatIsThere() {
        ClusterState state =
                done(running(), deploy("two", "test", web(0, "A=1"), TreePMap.singleton("web", "sha256:2")));
        assertThat(digest(state)).isEqualTo("sha256:2");
        ClusterState kept = done(state, deploy("three", "test", web(0, "A=1"), TreePMap.empty()));
        assertThat(environment(kept).service("web").orElseThrow().current())
                .as("nothing has changed")
                .isEqualTo(2);

        state = done(state, deploy("three", "test", web(0, "A=1"), TreePMap.singleton("web", "")));

        assertThat(digest(state)).isEmpty();
        assertThat(environment(state).service("web").orElseThrow().current()).isEqualTo(3);
    }

    @Test
    void onlyAServiceThatFollowsItsImageKeepsTheContentWhenSomethingElseChanges() {
        TreePMap<String, String> two = TreePMap.singleton("web", "sha256:2");
        ClusterState still = done(running(), deploy("two", "test", web(0, "A=1"), two));
        still = done(still, deploy("three", "test", web(0, "A=2"), TreePMap.empty()));
        assertThat(digest(still)).isEmpty();

        ClusterState follows = done(running(), deploy("two", "test", web(60_000, "A=1"), two));
        follows = done(follows, deploy("three", "test", web(60_000, "A=2"), TreePMap.empty()));
        assertThat(digest(follows)).isEqualTo("sha256:2");
        assertThat(environment(follows).service("web").orElseThrow().current()).isEqualTo(3);
    }

    @Test
    void whatNobodyAskedForSaysWhy() {
        TreePMap<String, String> two = TreePMap.singleton("web", "sha256:2");
        assertThat(after(running(), deploy(NEXT, UpgradeSpec.WATCHER, web(60_000, ""), two))
                        .events()
                        .lastEntry()
                        .getValue()
                        .text())
                .isEqualTo("web follows web:1: new content sha256:2");
    }

    @Test
    void refusesToAskARegistryTooOften() {
        assertThat(running().after(deploy(NEXT, "test", web(4_999, ""), TreePMap.empty())))
                .isInstanceOfSatisfying(
                        Outcome.Refused.class,
                        refused -> assertThat(refused.message()).contains("Service web", "4999 ms"));
    }

    private static String digest(ClusterState state) {
        return environment(state).service("web").orElseThrow().release().digest();
    }

    /// With an operation that was begun and is done.
    private static ClusterState done(ClusterState state, Command.Deploy deploy) {
        ClusterState next = after(state, deploy);
        next = after(next, new Command.Advance(2, deploy.operation(), Phase.PREPARE));
        return after(next, new Command.Finish(3, deploy.operation(), Operation.State.DONE, ""));
    }

    private static Command.Deploy deploy(
            String operation, String by, ServiceSpec web, TreePMap<String, String> digests) {
        var services = TreePMap.<String, ServiceSpec>empty()
                .plus("db", service("db:1", 1, "data"))
                .plus("web", web);
        var application = new ApplicationSpec(services, TreePMap.singleton("data", VolumeSpec.PLAIN), TreePMap.empty());
        return new Command.Deploy(by, 1, operation, 9_000, "shop", application, digests, OptionalLong.empty());
    }

    private static ServiceSpec web(long watchMillis, String label) {
        ServiceSpec plain = service("web:1", 2);
        return new ServiceSpec(
                plain.image(),
                plain.pull(),
                plain.process(),
                plain.sandbox(),
                plain.resources(),
                plain.ports(),
                plain.expose(),
                plain.aliases(),
                plain.mounts(),
                plain.dependsOn(),
                plain.healthCheck(),
                plain.restart(),
                plain.http(),
                plain.scale(),
                plain.autoscale(),
                plain.placement(),
                new UpgradeSpec(UpdatePolicy.DEFAULT, UpdatePolicy.DEFAULT, watchMillis, Optional.empty()),
                TreePMap.singleton("label", label));
    }

    @Test
    void keepsTheNewestOfItsOwnCheckpointsAndAllOfTheUsers() {
        ClusterState state = after(running(), new Command.CreateCheckpoint("ann", 1, "shop", "before-upgrade", false));
        for (int release = 2; release < 10; release++) {
            String operation = "op" + release;
            state = after(confirmed(state), deploy(operation, "db:" + release, "web:1"));
            for (Phase phase : List.of(Phase.PREPARE, Phase.STOP, Phase.SWITCH)) {
                state = after(confirmed(state), new Command.Advance(release, operation, phase));
            }
            state = after(state, new Command.Finish(release, operation, Operation.State.DONE, ""));
        }
        assertThat(environment(state).checkpoints().keySet())
                .containsExactly(
                        "before-op5", "before-op6", "before-op7", "before-op8", "before-op9", "before-upgrade");
    }

    @Test
    void goesBackWhenCancelled() {
        ClusterState state = after(started("db:1", "web:2"), new Command.Cancel("ann", 3, NEXT));
        assertThat(phase(state)).isEqualTo(Phase.UNDO);
        assertThat(state.operation(NEXT).orElseThrow().state()).isEqualTo(Operation.State.CANCELLING);
        assertThat(environment(state).application().services().get("web")).isEqualTo(service("web:1", 2));
    }

    /// With the next release, whose operation is in phase START.
    private static ClusterState started(String db, String web) {
        ClusterState state = after(running(), deploy(NEXT, db, web));
        while (phase(state) != Phase.START) {
            state = after(confirmed(state), new Command.Advance(2, NEXT, phase(state)));
        }
        return state;
    }

    private static ClusterState running() {
        ClusterState state = after(
                ClusterState.EMPTY,
                new Command.AddNode("test", 1, "n1", "n1.example", TreePMap.empty(), "n1", Node.Capacity.NONE));
        state = after(state, deploy("first", "db:1", "web:1"));
        state = after(state, new Command.Advance(1, "first", Phase.PREPARE));
        state = after(state, new Command.StartInstances(1, "shop", List.of("db.1", "web.1", "web.2")));
        return after(state, new Command.Finish(1, "first", Operation.State.DONE, ""));
    }

    private static Command.Deploy deploy(String operation, String db, String web) {
        return deploy(operation, db, web, UpgradeSpec.DEFAULT);
    }

    private static Command.Deploy deploy(String operation, String db, String web, UpgradeSpec upgrade) {
        var services = TreePMap.<String, ServiceSpec>empty()
                .plus("db", service(db, 1, "data"))
                .plus("web", service(web, 2).with(2, PlacementSpec.ANYWHERE, upgrade));
        var application = new ApplicationSpec(services, TreePMap.singleton("data", VolumeSpec.PLAIN), TreePMap.empty());
        return new Command.Deploy(
                "test", 1, operation, 9_000, "shop", application, TreePMap.empty(), OptionalLong.empty());
    }

    private static ServiceSpec service(String image, int scale, String... volumes) {
        return new ServiceSpec(
                image,
                ServiceSpec.Pull.MISSING,
                ProcessSpec.PLAIN,
                Sandbox.PLAIN,
                Resources.UNLIMITED,
                List.of(),
                List.of(),
                List.of(),
                List.of(volumes).stream()
                        .<Mount>map(volume -> new Mount.Volume(volume, "/" + volume, false))
                        .toList(),
                TreePMap.empty(),
                Optional.empty(),
                RestartPolicy.ALWAYS,
                HttpRouting.NONE,
                scale,
                Optional.empty(),
                PlacementSpec.ANYWHERE,
                UpgradeSpec.DEFAULT,
                TreePMap.empty());
    }

    private static Phase phase(ClusterState state) {
        return state.operation(NEXT).orElseThrow().phase();
    }

    private static Environment environment(ClusterState state) {
        return state.environment("shop").orElseThrow();
    }

    private static Instance instance(ClusterState state, String name) {
        return Optional.ofNullable(environment(state).instances().get(name)).orElseThrow();
    }

    private static Volume volume(ClusterState state) {
        return state.volumes().firstEntry().getValue();
    }

    private static ClusterState confirmed(ClusterState state) {
        List<Command.Taken> taken = volume(state).snapshots().values().stream()
                .filter(snapshot -> snapshot.state() == Snapshot.State.REQUESTED)
                .map(snapshot -> new Command.Taken(snapshot.id(), 1, 0))
                .toList();
        return after(state, new Command.ConfirmSnapshots(1, taken));
    }

    private static ClusterState after(ClusterState state, Command command) {
        return switch (state.after(command)) {
            case Outcome.Accepted accepted -> accepted.state();
            case Outcome.Refused refused -> throw new AssertionError(refused.message());
        };
    }
}
