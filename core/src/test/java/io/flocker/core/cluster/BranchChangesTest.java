package io.flocker.core.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.model.Checkpoint;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Node;
import io.flocker.core.model.Operation;
import io.flocker.core.model.Operation.Phase;
import io.flocker.core.model.Snapshot;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.model.Volume;
import io.flocker.core.spec.ApplicationSpec;
import io.flocker.core.spec.FileSpec;
import io.flocker.core.spec.HttpRouting;
import io.flocker.core.spec.Mount;
import io.flocker.core.spec.PlacementSpec;
import io.flocker.core.spec.Port;
import io.flocker.core.spec.ProcessSpec;
import io.flocker.core.spec.Resources;
import io.flocker.core.spec.RestartPolicy;
import io.flocker.core.spec.Sandbox;
import io.flocker.core.spec.ServiceSpec;
import io.flocker.core.spec.UpgradeSpec;
import io.flocker.core.spec.VolumeSpec;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.pcollections.TreePMap;

/// Environments made from a checkpoint of another one, and brought to newer ones.
class BranchChangesTest {
    private static final Mount DATA = new Mount.Volume("data", "/data", false);

    @Test
    void aBranchHasClonesOtherPortsOtherNamesAndWhatIsSet() {
        ClusterState state = after(
                fresh(),
                branch(
                        "alice",
                        TreePMap.singleton("web.image", "web:feature").plus("web.environment.MODE", "staging")));
        ServiceSpec web = service(state, "alice", "web");
        assertThat(web.image()).isEqualTo("web:feature");
        assertThat(web.process().environment()).containsEntry("MODE", "staging");
        assertThat(web.http().hosts()).containsExactly("alice.shop.example.com", "*.alice.shop.example.com");
        assertThat(web.ports()).extracting(Port::published).containsExactly(30_000);
        assertThat(web.ports()).extracting(Port::target).containsExactly(80);
        Volume clone = state.volume("alice", "data").orElseThrow();
        assertThat(clone.head().base()).contains(data(checkpoint(state, "staging", "fresh")));
        assertThat(environment(state, "alice").owner()).isEqualTo("ann");

        state = after(state, branch("bob", TreePMap.empty()));
        assertThat(service(state, "bob", "web").ports())
                .extracting(Port::published)
                .containsExactly(30_001);
        assertThat(service(state, "bob", "web").image()).isEqualTo("web:1");
    }

    /// As when two planners name what they begin after the same state: the first one must not be forgotten.
    @Test
    void anOperationIsNeverReplacedByAnotherOneOfItsName() {
        ClusterState state = after(fresh(), branch("alice", TreePMap.empty()));
        assertThat(refusal(state, deploy("op-alice", "other", onlyWeb(List.of()))))
                .contains("There is an operation of this name under way already");
        assertThat(state.running("alice").map(Operation::id)).contains("op-alice");
    }

    @Test
    void nothingRunsBeforeItsOwnCheckpointIsTaken() {
        ClusterState state = after(fresh(), branch("alice", TreePMap.empty()));
        assertThat(state.after(new Command.Advance(2, "op-alice", Phase.PREPARE)))
                .isInstanceOf(Outcome.Refused.class);
        state = started(state, "alice");
        assertThat(environment(state, "alice").checkpoints()).containsKey(Checkpoint.ORIGIN);
        assertThat(refusal(state, new Command.DeleteCheckpoint("ann", 3, "alice", Checkpoint.ORIGIN)))
                .contains("goes with the environment");
    }

    /// As when the node of one of its volumes is down, and the environment stays until that is gone, too.
    @Test
    void nothingIsMadeOfWhatIsOnItsWayOut() {
        ClusterState state = after(fresh(), new Command.Remove("ann", 2, "gone", 9_000, "staging", true));
        state = after(state, new Command.Advance(2, "gone", Phase.STOP));
        assertThat(refusal(state, branch("alice", TreePMap.empty()))).contains("its volume data is being deleted");
        String data = data(checkpoint(state, "staging", "fresh")).volume();
        state = state.withoutVolume(data);
        assertThat(refusal(state, branch("alice", TreePMap.empty()))).contains("its volume data is being deleted");
    }

    /// As when there is no room for its clones.
    @Test
    void aBranchThatCannotBeMadeLeavesNothingTheOthersStayAndItCanBeAskedForAgain() {
        ClusterState state = started(after(fresh(), branch("alice", TreePMap.empty())), "alice");
        state = after(state, branch("bob", TreePMap.empty()));
        state = after(state, new Command.Finish(3, "op-bob", Operation.State.FAILED, "No space left on device"));
        List<Volume> clones = state.volumes().values().stream()
                .filter(volume -> volume.environment().equals("bob"))
                .toList();
        assertThat(clones).isNotEmpty().allMatch(volume -> volume.state() == Volume.State.DELETING);
        state = after(
                state,
                new Command.ForgetVolumes(3, clones.stream().map(Volume::id).toList()));
        assertThat(state.environments()).containsOnlyKeys("alice", "staging");
        assertThat(started(after(state, branch("bob", "fresh", "")), "bob").environments())
                .containsKey("bob");
    }

    @Test
    void aBranchOutlivesItsOriginAndCanBeReset() {
        ClusterState state = started(after(fresh(), branch("alice", TreePMap.empty())), "alice");
        state = after(state, new Command.Remove("ann", 3, "op-remove", 9_000, "staging", true));
        state = after(state, new Command.Advance(3, "op-remove", Phase.STOP));
        assertThat(checkpoint(state, "alice", Checkpoint.ORIGIN).state()).isEqualTo(Checkpoint.State.COMPLETE);
        state = after(state, reset(state, "op-reset"));
        state = after(state, new Command.Advance(4, "op-reset", Phase.PREPARE));
        state = after(state, new Command.Advance(4, "op-reset", Phase.STOP));
        assertThat(environment(state, "alice").checkpoints())
                .as("what there was can come back")
                .containsKey("before-op-reset");
        assertThat(refusal(state, new Command.Refresh("ann", 5, "op", 9_000, "alice", "")))
                .contains("is changing it");
    }

    @Test
    void aRefreshKeepsWhatTheBranchHasOfItsOwn() {
        ClusterState state =
                started(after(fresh(), branch("alice", TreePMap.singleton("web.image", "web:feature"))), "alice");
        state = after(state, deploy("op-newer", "staging", "web:1", "db:2"));
        for (Phase phase : List.of(Phase.PREPARE, Phase.STOP, Phase.SWITCH)) {
            state = after(confirmed(state), new Command.Advance(4, "op-newer", phase));
        }
        state = after(state, new Command.Finish(4, "op-newer", Operation.State.DONE, ""));
        state = confirmed(after(state, new Command.CreateCheckpoint("ann", 5, "staging", "monday", false)));
        SnapshotId monday = data(checkpoint(state, "staging", "monday"));

        state = after(state, new Command.Refresh("ann", 6, "op-refresh", 9_000, "alice", ""));
        for (Phase phase : List.of(Phase.PREPARE, Phase.STOP)) {
            state = after(confirmed(state), new Command.Advance(6, "op-refresh", phase));
        }
        assertThat(state.after(new Command.Advance(6, "op-refresh", Phase.SWITCH)))
                .as("before its own checkpoint of the new data is taken")
                .isInstanceOf(Outcome.Refused.class);
        state = after(confirmed(state), new Command.Advance(6, "op-refresh", Phase.SWITCH));

        assertThat(service(state, "alice", "web").image()).isEqualTo("web:feature");
        assertThat(service(state, "alice", "db").image()).isEqualTo("db:2");
        assertThat(service(state, "alice", "web").ports())
                .extracting(Port::published)
                .containsExactly(30_000);
        Volume data = state.volume("alice", "data").orElseThrow();
        assertThat(data.head().base()).contains(monday);
        assertThat(data.head().epoch()).isEqualTo(2);
        assertThat(environment(state, "alice").origin().orElseThrow().checkpoint())
                .isEqualTo("monday");
        assertThat(data(checkpoint(state, "alice", Checkpoint.ORIGIN)).epoch()).isEqualTo(2);
    }

    @Test
    void refusesWhatCannotBeWithWhatToDo() {
        ClusterState state = fresh();
        assertThat(refusal(state, branch("staging", TreePMap.empty()))).contains("There is an environment staging");
        assertThat(refusal(state, branch("Alice", TreePMap.empty()))).contains("cannot be the name of an environment");
        assertThat(refusal(state, branch("alice", TreePMap.singleton("wbe.image", "x"))))
                .contains("there is no service \"wbe\"; there is db, web");
        assertThat(refusal(state, branch("alice", TreePMap.singleton("web.colour", "red"))))
                .contains("SERVICE.image, SERVICE.environment.NAME or SERVICE.replicas");
        assertThat(refusal(state, branch("alice", TreePMap.singleton("web.replicas", "many"))))
                .contains("a whole number");
        assertThat(refusal(state, branch("alice", "gone", ""))).contains("no checkpoint \"gone\"; it has fresh");
        assertThat(refusal(state, new Command.Refresh("ann", 2, "op", 9_000, "staging", "fresh")))
                .contains("is not a branch");
        ClusterState incomplete = after(state, new Command.CreateCheckpoint("ann", 2, "staging", "next", false));
        assertThat(refusal(incomplete, branch("alice", "next", ""))).contains("not complete");
    }

    @Test
    void refusesWhatSomebodyElseHasOrIsDoing() {
        ClusterState state = started(after(fresh(), branch("alice", TreePMap.empty())), "alice");
        assertThat(refusal(state, branch("bob", "fresh", "alice.{host}")))
                .as("a host name that is served already")
                .contains("host name alice.shop.example.com", "alice");

        Command.RollBack reset = reset(state, "first-reset");
        ClusterState resetting = after(state, reset);
        assertThat(refusal(resetting, reset(state, "second-reset")))
                .as("two resets at once")
                .contains("first-reset", "is changing it");

        ClusterState without = after(state, new Command.DeleteCheckpoint("ann", 3, "staging", "fresh"));
        assertThat(refusal(without, branch("bob", "fresh", "")))
                .as("a checkpoint that vanished")
                .contains("\"fresh\"");
        assertThat(refusal(without, new Command.Refresh("ann", 3, "op", 9_000, "alice", "fresh")))
                .contains("\"fresh\"");
        assertThat(refusal(state, new Command.Refresh("ann", 3, "op", 9_000, "alice", Checkpoint.ORIGIN)))
                .as("one of another environment: the branch's own")
                .contains("staging has no checkpoint \"origin\"");
    }

    private static Command.RollBack reset(ClusterState state, String operation) {
        Checkpoint origin = checkpoint(state, "alice", Checkpoint.ORIGIN);
        return new Command.RollBack(
                "ann",
                4,
                operation,
                9_000,
                "alice",
                TreePMap.singleton(state.volume("alice", "data").orElseThrow().id(), data(origin)),
                Optional.of(origin.application()),
                TreePMap.empty());
    }

    @Test
    void sharesSecretsAndFoldersOnlyIfAllowed() {
        ServiceSpec web = spec("web:1", List.of(), List.of(new Mount.File("key", "/key", "0400")));
        ServiceSpec logs = spec("logs:1", List.of(), List.of(new Mount.Host("/srv/logs", "/logs", false)));
        var application = new ApplicationSpec(
                TreePMap.singleton("web", web),
                TreePMap.empty(),
                TreePMap.singleton("key", new FileSpec("c2VjcmV0", true)));
        ClusterState state = after(node(), deploy("op", "staging", application));
        state = after(state, new Command.Finish(1, "op", Operation.State.DONE, ""));
        state = after(state, new Command.CreateCheckpoint("ann", 2, "staging", "fresh", false));
        assertThat(refusal(state, branch("alice", TreePMap.empty()))).contains("--with-secrets");
        after(
                state,
                new Command.Branch(
                        "ann",
                        2,
                        "op",
                        9_000,
                        "staging",
                        "fresh",
                        "alice",
                        TreePMap.empty(),
                        "",
                        true,
                        false,
                        false,
                        0,
                        0,
                        ""));

        state = after(
                node(),
                deploy(
                        "op",
                        "staging",
                        new ApplicationSpec(TreePMap.singleton("logs", logs), TreePMap.empty(), TreePMap.empty())));
        state = after(state, new Command.Finish(1, "op", Operation.State.DONE, ""));
        state = after(state, new Command.CreateCheckpoint("ann", 2, "staging", "fresh", false));
        assertThat(refusal(state, branch("alice", TreePMap.empty()))).contains("--share-folders");
    }

    @Test
    void refusesPortsOfTheOriginIfItIsAskedTo() {
        ClusterState state = fresh();
        assertThat(refusal(state, refusing("staging", "fresh", "alice")))
                .contains("staging publishes port 8080 of service web", "--ports free");
        state = started(after(state, branch("alice", TreePMap.empty())), "alice");
        assertThat(service(after(state, refusing("alice", Checkpoint.ORIGIN, "bob")), "bob", "web")
                        .ports())
                .as("ports that alice was given are nobody's choice")
                .extracting(Port::published)
                .containsExactly(30_001);
    }

    @Test
    void aRefreshDoesNotBringPortsToABranchThatIsToHaveNoOthers() {
        ClusterState state = after(node(), deploy("op", "staging", onlyWeb(List.of())));
        state = after(state, new Command.Finish(1, "op", Operation.State.DONE, ""));
        state = after(state, new Command.CreateCheckpoint("ann", 2, "staging", "fresh", false));
        state = started(after(state, refusing("staging", "fresh", "alice")), "alice");
        Port port = new Port(80, 8080, "", Port.Protocol.TCP, Port.Mode.HTTP);
        state = after(state, deploy("op-newer", "staging", onlyWeb(List.of(port))));
        state = after(state, new Command.Finish(4, "op-newer", Operation.State.DONE, ""));
        state = after(state, new Command.CreateCheckpoint("ann", 5, "staging", "monday", false));
        assertThat(refusal(state, new Command.Refresh("ann", 6, "op-refresh", 9_000, "alice", "monday")))
                .contains("staging publishes port 8080 of service web");
    }

    private static ApplicationSpec onlyWeb(List<Port> ports) {
        return new ApplicationSpec(
                TreePMap.singleton("web", spec("web:1", ports, List.of())), TreePMap.empty(), TreePMap.empty());
    }

    private static Command.Branch refusing(String origin, String checkpoint, String name) {
        return new Command.Branch(
                "ann",
                2,
                "op-" + name,
                9_000,
                origin,
                checkpoint,
                name,
                TreePMap.empty(),
                "",
                false,
                false,
                true,
                0,
                0,
                "");
    }

    /// `staging` with a complete checkpoint `fresh`.
    private static ClusterState fresh() {
        ClusterState state = after(node(), deploy("first", "staging", "web:1", "db:1"));
        state = after(state, new Command.Advance(1, "first", Phase.PREPARE));
        state = after(state, new Command.StartInstances(1, "staging", List.of("db.1", "web.1")));
        state = after(state, new Command.Finish(1, "first", Operation.State.DONE, ""));
        return confirmed(after(state, new Command.CreateCheckpoint("ann", 1, "staging", "fresh", false)));
    }

    private static ClusterState node() {
        return after(
                ClusterState.EMPTY,
                new Command.AddNode("test", 1, "n1", "n1.example", TreePMap.empty(), "n1", Node.Capacity.NONE));
    }

    private static Command.Branch branch(String name, String checkpoint, String template) {
        return new Command.Branch(
                "ann",
                2,
                "op-" + name,
                9_000,
                "staging",
                checkpoint,
                name,
                TreePMap.empty(),
                template,
                false,
                false,
                false,
                0,
                0,
                "");
    }

    private static Command.Branch branch(String name, TreePMap<String, String> overrides) {
        return new Command.Branch(
                "ann", 2, "op-" + name, 9_000, "staging", "fresh", name, overrides, "", false, false, false, 0, 0, "");
    }

    private static ClusterState started(ClusterState state, String branch) {
        String operation = "op-" + branch;
        ClusterState next = after(confirmed(state), new Command.Advance(2, operation, Phase.PREPARE));
        return after(next, new Command.Finish(2, operation, Operation.State.DONE, ""));
    }

    private static Command.Deploy deploy(String operation, String environment, String web, String db) {
        ServiceSpec front = spec(web, List.of(new Port(80, 8080, "", Port.Protocol.TCP, Port.Mode.HTTP)), List.of())
                .with(
                        List.of(new Port(80, 8080, "", Port.Protocol.TCP, Port.Mode.HTTP)),
                        new HttpRouting(
                                List.of("shop.example.com", "*.shop.example.com"),
                                80,
                                HttpRouting.Balance.LEAST_CONNECTIONS,
                                Optional.empty()));
        return deploy(
                operation,
                environment,
                new ApplicationSpec(
                        TreePMap.singleton("web", front).plus("db", spec(db, List.of(), List.of(DATA))),
                        TreePMap.singleton("data", VolumeSpec.PLAIN),
                        TreePMap.empty()));
    }

    private static Command.Deploy deploy(String operation, String environment, ApplicationSpec application) {
        return new Command.Deploy(
                "test", 1, operation, 9_000, environment, application, TreePMap.empty(), OptionalLong.empty());
    }

    private static ServiceSpec spec(String image, List<Port> ports, List<Mount> mounts) {
        return new ServiceSpec(
                image,
                ServiceSpec.Pull.MISSING,
                ProcessSpec.PLAIN,
                Sandbox.PLAIN,
                Resources.UNLIMITED,
                ports,
                List.of(),
                List.of(),
                mounts,
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

    private static Environment environment(ClusterState state, String name) {
        return state.environment(name).orElseThrow();
    }

    private static ServiceSpec service(ClusterState state, String environment, String service) {
        return Optional.ofNullable(
                        environment(state, environment).application().services().get(service))
                .orElseThrow();
    }

    private static Checkpoint checkpoint(ClusterState state, String environment, String name) {
        return Optional.ofNullable(environment(state, environment).checkpoints().get(name))
                .orElseThrow();
    }

    private static SnapshotId data(Checkpoint checkpoint) {
        return Optional.ofNullable(checkpoint.volumes().get("data")).orElseThrow();
    }

    private static ClusterState confirmed(ClusterState state) {
        List<Command.Taken> taken = state.volumes().values().stream()
                .flatMap(volume -> volume.snapshots().values().stream())
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

    private static String refusal(ClusterState state, Command command) {
        return switch (state.after(command)) {
            case Outcome.Accepted _ -> throw new AssertionError("accepted: " + command);
            case Outcome.Refused refused -> refused.message();
        };
    }
}
