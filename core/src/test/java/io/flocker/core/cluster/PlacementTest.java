package io.flocker.core.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.balance.BalanceSettings;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Instance;
import io.flocker.core.model.Node;
import io.flocker.core.model.Operation;
import io.flocker.core.model.Operation.Phase;
import io.flocker.core.placement.Considered;
import io.flocker.core.plan.ClusterPlanner;
import io.flocker.core.spec.ApplicationSpec;
import io.flocker.core.spec.HttpRouting;
import io.flocker.core.spec.Mount;
import io.flocker.core.spec.PlacementSpec;
import io.flocker.core.spec.PlacementSpec.Constraint;
import io.flocker.core.spec.ProcessSpec;
import io.flocker.core.spec.Resources;
import io.flocker.core.spec.RestartPolicy;
import io.flocker.core.spec.Sandbox;
import io.flocker.core.spec.ServiceSpec;
import io.flocker.core.spec.UpgradeSpec;
import io.flocker.core.spec.VolumeSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.pcollections.TreePMap;

/// Where instances go, why, and what they wait for. Every node has two CPUs and 4 GiB.
class PlacementTest {
    private static final long GIB = 1L << 30;

    private ClusterState state = nodes("n1", "n2", "n3");
    private int operations;

    @Test
    void refusesWhatFitsNowhereAndSaysWhyNodeByNode() {
        deploy(Map.of("web", service(2, reserving(3 * GIB, 0), PlacementSpec.ANYWHERE)));

        assertThat(refused(Map.of("big", service(1, reserving(5 * GIB, 0), PlacementSpec.ANYWHERE)), "other"))
                .isEqualTo(
                        "There is no node for instance big.1: node n1 lacks memory: 1 GiB free of 4 GiB, needs 5 GiB,"
                                + " node n2 lacks memory: 1 GiB free of 4 GiB, needs 5 GiB,"
                                + " node n3 lacks memory: 4 GiB free of 4 GiB, needs 5 GiB");
    }

    @Test
    void ofACountThatIsTooLargeWhatFitsIsPlacedAndTheRestExplained() {
        deploy(Map.of("web", service(5, reserving(3 * GIB, 0), PlacementSpec.ANYWHERE)));

        assertThat(living("web")).hasSize(3);
        Vacancy vacancy = Vacancy.of(state, state.environment("shop").orElseThrow(), "web")
                .orElseThrow();
        assertThat(vacancy.missing()).isEqualTo(2);
        assertThat(vacancy.later()).as("whether nothing waits for them").isTrue();
        assertThat(vacancy.why()).startsWith("a place for 2 instances: node n1 lacks memory: 1 GiB free of 4 GiB");
    }

    @Test
    void aServiceThatGrowsMustFindItsRoomWhereItIs() {
        deploy(Map.of("web", service(3, reserving(2 * GIB, 0), PlacementSpec.ANYWHERE)));
        deploy(Map.of("web", service(3, reserving(4 * GIB, 0), PlacementSpec.ANYWHERE)));
        assertThat(Reservations.of(state).on("n1").memoryBytes()).isEqualTo(4 * GIB);

        assertThat(refused(Map.of("web", service(3, reserving(5 * GIB, 0), PlacementSpec.ANYWHERE)), "shop"))
                .contains("Service web cannot reserve that much where it is: node n1 has 4 GiB of memory and 2 CPUs");
    }

    @Test
    void whatAReplacementNeedsIsReservedBesideWhatItReplaces() {
        state = nodes("n1", "n2");
        deploy(Map.of("web", service(1, reserving(3 * GIB, 0), PlacementSpec.ANYWHERE)));
        String from = nodesOf("web").keySet().iterator().next();
        String to = from.equals("n1") ? "n2" : "n1";
        state = after(new Command.Move("mary", 1, "move", 9_000, "shop", "web", "", "", to));

        assertThat(Reservations.of(state).on("n1").memoryBytes()).isEqualTo(3 * GIB);
        assertThat(Reservations.of(state).on("n2").memoryBytes()).isEqualTo(3 * GIB);
        assertThat(refused(Map.of("big", service(1, reserving(2 * GIB, 0), PlacementSpec.ANYWHERE)), "other"))
                .contains("node " + to + " lacks memory: 1 GiB free of 4 GiB, needs 2 GiB");
        state = after(new Command.Advance(1, "move", Phase.PREPARE));
        state = after(new Command.Finish(1, "move", Operation.State.DONE, ""));
        assertThat(Reservations.of(state).on(from).memoryBytes()).isZero();
        assertThat(living("web").getFirst().placedBy()).isEqualTo("moved from " + from + " by mary");
    }

    @Test
    void dataKeepsTheRoomOfItsService() {
        state = nodes("n1");
        ServiceSpec db = service(1, reserving(3 * GIB, 0), PlacementSpec.ANYWHERE, "data");
        assertThat(refused(Map.of("api", service(1, reserving(2 * GIB, 0), PlacementSpec.ANYWHERE), "db", db), "shop"))
                .contains(
                        "There is no node for instance api.1: node n1 lacks memory: 1 GiB free of 4 GiB, needs 2 GiB");
    }

    @Test
    void tellsWhichRulePlacedAnInstance() {
        state = after(new Command.LabelNode("test", 1, "n3", TreePMap.singleton("ssd", "true"), List.of()));
        var ssd = new PlacementSpec(
                List.of(new Constraint("ssd", true, "true")), List.of(), 0, TreePMap.empty(), false, false);
        var spread = new PlacementSpec(List.of(), List.of("datacenter"), 0, TreePMap.empty(), false, false);
        deploy(Map.of(
                "cache", service(1, Resources.UNLIMITED, ssd),
                "db", service(1, Resources.UNLIMITED, PlacementSpec.ANYWHERE, "data"),
                "edge", service(1, Resources.UNLIMITED, PlacementSpec.ANYWHERE.everywhere()),
                "pinned", service(1, Resources.UNLIMITED, PlacementSpec.ANYWHERE.pinned(TreePMap.singleton("n2", 1))),
                "wide", service(2, Resources.UNLIMITED, spread)));

        assertThat(reasons("cache")).containsExactly("constraint node.labels.ssd == true");
        assertThat(reasons("db")).containsExactly("data of volume data is here");
        assertThat(reasons("edge")).containsOnly("one on every node");
        assertThat(reasons("pinned")).containsExactly("pinned by deployment file");
        assertThat(reasons("wide").getFirst()).isEqualTo("fewest instances and volumes");
        assertThat(reasons("wide").getLast()).startsWith("fewest instances of the service");
        state = nodes("n1", "n2");
        deploy(Map.of("alone", service(1, Resources.UNLIMITED, PlacementSpec.ANYWHERE)));
        assertThat(reasons("alone")).as("all else is equal").containsExactly("first by name");
    }

    @Test
    void theBestOfManyNodesIsFoundHoweverManyHaveFewerInstances() {
        String[] names =
                IntStream.range(10, 60).mapToObj(number -> "n" + number).toArray(String[]::new);
        state = nodes(names);
        deploy(Map.of(
                "full", service(49, reserving(3 * GIB, 0), PlacementSpec.ANYWHERE),
                "small", service(2, Resources.UNLIMITED, PlacementSpec.ANYWHERE.pinned(TreePMap.singleton("n59", 2))),
                "web", service(1, Resources.UNLIMITED, PlacementSpec.ANYWHERE)));

        assertThat(nodesOf("web")).containsOnlyKeys("n59");
        assertThat(reasons("web")).containsExactly("most memory and CPUs free");
    }

    @Test
    void constraintsThatContradictEachOtherAreRefusedWithBoth() {
        var ssd = new Constraint("disk", true, "ssd");
        var paris = new Constraint("datacenter", true, "paris");
        assertThat(refused(
                        Map.of(
                                "web",
                                service(
                                        1,
                                        Resources.UNLIMITED,
                                        only(ssd, paris, new Constraint("disk", false, "ssd")))),
                        "shop"))
                .isEqualTo("Service web can be on no node (deploy.placement.constraints): node.labels.disk == ssd and"
                        + " node.labels.disk != ssd contradict each other; take away one of them");
        assertThat(refused(
                        Map.of(
                                "db", service(1, Resources.UNLIMITED, only(paris), "data"),
                                "dump",
                                        service(
                                                1,
                                                Resources.UNLIMITED,
                                                only(new Constraint("datacenter", true, "rome")),
                                                "data")),
                        "shop"))
                .isEqualTo("The services that share volume data can be on no node together: node.labels.datacenter =="
                        + " paris and node.labels.datacenter == rome contradict each other; take away one of them, or"
                        + " give them volumes of their own");
    }

    private static PlacementSpec only(Constraint... constraints) {
        return new PlacementSpec(List.of(constraints), List.of(), 0, TreePMap.empty(), false, false);
    }

    @Test
    void whatIsReallyUsedCountsAndFullNodesAreFilledFirstIfNodesArePacked() {
        state = after(new Planned.Notice(1, TreePMap.singleton("n1", 90)));
        deploy(Map.of("web", service(1, Resources.UNLIMITED, PlacementSpec.ANYWHERE)));
        assertThat(nodesOf("web")).containsOnlyKeys("n2");
        assertThat(reasons("web")).containsExactly("most memory and CPUs free");

        state = after(new Planned.Notice(1, TreePMap.empty()));
        BalanceSettings usual = BalanceSettings.USUAL;
        var packs =
                new BalanceSettings(false, true, 1, 1, usual.bytesPerSecond(), usual.patienceMillis(), usual.quiet());
        state = after(new Command.SetBalance("test", 1, packs, Optional.empty()));
        deploy(Map.of("web", service(5, Resources.UNLIMITED, PlacementSpec.ANYWHERE)));
        assertThat(nodesOf("web")).isEqualTo(Map.of("n2", 5));
        assertThat(reasons("web").getLast()).isEqualTo("most instances and volumes");
    }

    @Test
    void everyNodeIsExplainedTheBestFirst() {
        ServiceSpec web = service(2, reserving(3 * GIB, 0), PlacementSpec.ANYWHERE);
        deploy(Map.of("web", web));
        ServiceSpec big = service(1, reserving(2 * GIB, 0), PlacementSpec.ANYWHERE);
        List<Considered> nodes = Placement.of(state, shop(), application(Map.of("web", web, "big", big)))
                .considered("big", big, List.of());

        assertThat(nodes).extracting(Considered::node).containsExactly("n3", "n1", "n2");
        assertThat(nodes.getFirst().score().points()).isZero();
        assertThat(nodes.getLast().objection()).contains("lacks memory: 1 GiB free of 4 GiB, needs 2 GiB");
    }

    @Test
    void spreadsOverTheValuesOfALabel() {
        state = after(new Command.LabelNode("test", 1, "n3", TreePMap.singleton("datacenter", "b"), List.of()));
        var spread = new PlacementSpec(List.of(), List.of("datacenter"), 0, TreePMap.empty(), false, false);
        deploy(Map.of("web", service(2, Resources.UNLIMITED, spread)));

        assertThat(nodesOf("web")).containsOnlyKeys("n1", "n3");
        assertThat(reasons("web").getLast()).isEqualTo("spread over node.labels.datacenter");
    }

    @Test
    void aGlobalServiceFollowsTheNodes() {
        deploy(Map.of("edge", service(1, Resources.UNLIMITED, PlacementSpec.ANYWHERE.everywhere())));
        assertThat(nodesOf("edge")).containsOnlyKeys("n1", "n2", "n3");
        assertThat(planned()).isEmpty();

        join("n4");
        place();
        assertThat(nodesOf("edge")).containsOnlyKeys("n1", "n2", "n3", "n4");

        state = after(new Command.SetAvailability("test", 1, "n2", Node.Availability.DRAINED));
        place();
        assertThat(nodesOf("edge")).containsOnlyKeys("n1", "n3", "n4");
        state = after(new Command.RemoveNode("test", 1, "n2"));
        assertThat(planned()).isEmpty();
        assertThat(refusal(new Command.Move("mary", 1, "move", 9_000, "shop", "edge", "", "", "n1")))
                .contains("runs on every node");
    }

    @Test
    void aServiceWithDataCannotBeEverywhere() {
        assertThat(refused(
                        Map.of("db", service(1, Resources.UNLIMITED, PlacementSpec.ANYWHERE.everywhere(), "data")),
                        "shop"))
                .contains("Service db cannot run on every node (deploy.mode: global): volume data is on one node");
    }

    @Test
    void aNodeThatHasNotJoinedGetsItsShareWhenItJoins() {
        TreePMap<String, Integer> pins =
                TreePMap.<String, Integer>singleton("n1", 1).plus("n4", 2);
        deploy(Map.of(
                "db",
                        service(
                                1,
                                Resources.UNLIMITED,
                                PlacementSpec.ANYWHERE.pinned(TreePMap.singleton("n4", 1)),
                                "data"),
                "web", service(3, Resources.UNLIMITED, PlacementSpec.ANYWHERE.pinned(pins))));
        assertThat(nodesOf("web")).isEqualTo(Map.of("n1", 1));
        assertThat(living("db")).isEmpty();
        assertThat(Vacancy.of(state, shop(), "web")).contains(new Vacancy(2, true, "node n4 to join"));
        assertThat(Vacancy.of(state, shop(), "db")).contains(new Vacancy(1, true, "node n4 to join"));
        assertThat(planned()).as("nothing before it joins").isEmpty();

        join("n4");
        place();

        assertThat(nodesOf("web")).isEqualTo(Map.of("n1", 1, "n4", 2));
        assertThat(nodesOf("db")).isEqualTo(Map.of("n4", 1));
        assertThat(state.volume("shop", "data").orElseThrow().head().primary()).isEqualTo("n4");
        assertThat(Vacancy.of(state, shop(), "web")).isEmpty();
        assertThat(planned()).isEmpty();
    }

    @Test
    void aChangedDeploymentFileStopsWhatIsWhereItMayNotBe() {
        TreePMap<String, Integer> both =
                TreePMap.<String, Integer>singleton("n1", 2).plus("n2", 2);
        deploy(Map.of("web", service(4, Resources.UNLIMITED, PlacementSpec.ANYWHERE.pinned(both))));
        List<Instance> onSecond = living("web").stream()
                .filter(instance -> instance.node().equals("n2"))
                .toList();

        deploy(Map.of(
                "web", service(2, Resources.UNLIMITED, PlacementSpec.ANYWHERE.pinned(TreePMap.singleton("n2", 2)))));

        assertThat(living("web")).isEqualTo(onSecond);
        assertThat(planned()).as("nothing moves").isEmpty();
    }

    @Test
    void onEveryCoreFollowsNodesAndTheirCores() {
        PlacementSpec not3 =
                new PlacementSpec(List.of(new Constraint("", false, "n3")), List.of(), 0, TreePMap.empty(), true, true);
        deploy(Map.of("web", service(1, Resources.UNLIMITED, not3)));
        assertThat(nodesOf("web")).isEqualTo(Map.of("n1", 2, "n2", 2));
        assertThat(reasons("web")).containsOnly("one for each core of every node");
        assertThat(planned()).isEmpty();

        join("n4");
        place();
        assertThat(nodesOf("web")).isEqualTo(Map.of("n1", 2, "n2", 2, "n4", 2));

        state = after(new Command.AddNode(
                "test", 1, "n1", "n1.example", TreePMap.empty(), "n1", new Node.Capacity(3_000, 4 * GIB)));
        place();
        assertThat(nodesOf("web")).isEqualTo(Map.of("n1", 3, "n2", 2, "n4", 2));

        state = after(new Command.SetAvailability("test", 1, "n2", Node.Availability.DRAINED));
        place();
        assertThat(nodesOf("web")).isEqualTo(Map.of("n1", 3, "n4", 2));
        assertThat(shop().service("web").orElseThrow().scale()).isEqualTo(5);
        assertThat(planned()).isEmpty();
    }

    @Test
    void aDeploymentFileSaysOnWhichNodesThereIsOneForEachCore() {
        var pins = TreePMap.<String, Integer>singleton("n1", PlacementSpec.EACH_CORE)
                .plus("n2", 5)
                .plus("n4", PlacementSpec.EACH_CORE)
                .plus("n5", PlacementSpec.EACH_CORE);
        deploy(Map.of(
                "web",
                service(
                        1,
                        Resources.UNLIMITED,
                        PlacementSpec.ANYWHERE.onEveryCore().pinned(pins))));
        assertThat(nodesOf("web")).isEqualTo(Map.of("n1", 2, "n2", 5));
        assertThat(reasons("web")).containsOnly("pinned by deployment file");
        assertThat(planned()).isEmpty();

        join("n4");
        place();
        assertThat(nodesOf("web")).isEqualTo(Map.of("n1", 2, "n2", 5, "n4", 2));
        state = after(new Command.SetAvailability("test", 1, "n2", Node.Availability.DRAINED));
        place();
        assertThat(nodesOf("web")).isEqualTo(Map.of("n1", 2, "n4", 2));
        assertThat(planned()).isEmpty();
    }

    private static ClusterState nodes(String... names) {
        ClusterState state = ClusterState.EMPTY;
        for (String name : names) {
            state = accepted(state.after(node(name)));
        }
        return state;
    }

    private static Command node(String name) {
        return new Command.AddNode(
                "test", 1, name, name + ".example", TreePMap.empty(), name, new Node.Capacity(2_000, 4 * GIB));
    }

    private void join(String name) {
        state = after(node(name));
    }

    /// What the leader would do about places.
    private List<Command> planned() {
        return ClusterPlanner.plan(state, TreePMap.empty(), 1).stream()
                .filter(command -> command instanceof Command.PlaceInstances || command instanceof Command.Move)
                .toList();
    }

    private void place() {
        assertThat(planned()).containsExactly(new Command.PlaceInstances(1, "shop"));
        state = after(planned().getFirst());
    }

    private void deploy(Map<String, ServiceSpec> services) {
        String operation = "deploy" + operations++;
        state = after(new Command.Deploy(
                "test", 1, operation, 9_000, "shop", application(services), TreePMap.empty(), OptionalLong.empty()));
        state = after(new Command.Advance(1, operation, Phase.PREPARE));
        state = after(new Command.Finish(1, operation, Operation.State.DONE, ""));
    }

    private String refused(Map<String, ServiceSpec> services, String environment) {
        return refusal(new Command.Deploy(
                "test",
                1,
                "refused",
                9_000,
                environment,
                application(services),
                TreePMap.empty(),
                OptionalLong.empty()));
    }

    private String refusal(Command command) {
        return switch (state.after(command)) {
            case Outcome.Accepted _ -> "accepted";
            case Outcome.Refused refused -> refused.message();
        };
    }

    private Environment shop() {
        return state.environment("shop").orElseThrow();
    }

    private List<Instance> living(String service) {
        return shop().living(service);
    }

    private Map<String, Integer> nodesOf(String service) {
        TreeMap<String, Integer> nodes = new TreeMap<>();
        living(service).forEach(instance -> nodes.merge(instance.node(), 1, Integer::sum));
        return nodes;
    }

    private List<String> reasons(String service) {
        return living(service).stream().map(Instance::placedBy).toList();
    }

    private static Resources reserving(long memoryBytes, long milliCpus) {
        return new Resources(0, 0, memoryBytes, milliCpus, 0);
    }

    private static ApplicationSpec application(Map<String, ServiceSpec> services) {
        return new ApplicationSpec(
                TreePMap.from(services),
                services.values().stream()
                                .anyMatch(service -> !service.volumeNames().isEmpty())
                        ? TreePMap.singleton("data", VolumeSpec.PLAIN)
                        : TreePMap.empty(),
                TreePMap.empty());
    }

    private static ServiceSpec service(int scale, Resources resources, PlacementSpec placement, String... volumes) {
        List<Mount> mounts = List.of(volumes).stream()
                .<Mount>map(volume -> new Mount.Volume(volume, "/" + volume, false))
                .toList();
        return new ServiceSpec(
                "image:1",
                ServiceSpec.Pull.MISSING,
                ProcessSpec.PLAIN,
                Sandbox.PLAIN,
                resources,
                List.of(),
                List.of(),
                List.of(),
                mounts,
                TreePMap.empty(),
                Optional.empty(),
                RestartPolicy.ALWAYS,
                HttpRouting.NONE,
                scale,
                Optional.empty(),
                placement,
                UpgradeSpec.DEFAULT,
                TreePMap.empty());
    }

    private ClusterState after(Command command) {
        return accepted(state.after(command));
    }

    private static ClusterState accepted(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Accepted accepted -> accepted.state();
            case Outcome.Refused refused -> throw new AssertionError(refused.message());
        };
    }
}
