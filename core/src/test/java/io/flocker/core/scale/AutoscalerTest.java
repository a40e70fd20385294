package io.flocker.core.scale;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.Outcome;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Event;
import io.flocker.core.model.Instance;
import io.flocker.core.model.Node;
import io.flocker.core.model.Operation;
import io.flocker.core.plan.Found;
import io.flocker.core.plan.Observed;
import io.flocker.core.plan.Observed.Load;
import io.flocker.core.plan.Sighting;
import io.flocker.core.spec.ApplicationSpec;
import io.flocker.core.spec.Autoscale;
import io.flocker.core.spec.HttpRouting;
import io.flocker.core.spec.PlacementSpec;
import io.flocker.core.spec.ProcessSpec;
import io.flocker.core.spec.Resources;
import io.flocker.core.spec.RestartPolicy;
import io.flocker.core.spec.Sandbox;
import io.flocker.core.spec.ServiceSpec;
import io.flocker.core.spec.UpgradeSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pcollections.TreePMap;

/// A service on two nodes whose instances share its requests evenly, in virtual time, looked at once a second.
class AutoscalerTest {
    private static final int TARGET = 200;
    private static final long HOUR = 3_600;

    private final List<Integer> counts = new ArrayList<>();
    private final Map<String, Long> startedAt = new HashMap<>();
    private ClusterState state = ClusterState.EMPTY;
    private Autoscaler scaler = new Autoscaler();
    private String silent = "";
    private long now = 1_000_000;
    private long silentSince;
    private int operations;

    /// What all instances get together.
    private interface Traffic {
        double requestsPerSecond(long second);
    }

    @Test
    void startsAsManyAsTheLoadAsksForAndSaysWhy() {
        begin(requests(2, 10, 300_000));
        run(60, _ -> 2 * 410);

        assertThat(counts).containsExactly(5);
        assertThat(told()).containsExactly("web: 2 -> 5: 410 requests/s an instance, target 200");
        assertThat(scaler.story("shop", "web")).isEqualTo("2 to 10 instances: 164 requests/s an instance, target 200");
    }

    @Test
    void growsAtMostToTwiceOrFourMoreARound() {
        begin(requests(1, 40, 300_000));
        run(120, _ -> 40 * TARGET);

        assertThat(counts).containsExactly(5, 10, 20, 40);
    }

    @Test
    void aMomentsPeakStartsNothing() {
        begin(requests(2, 10, 300_000));
        run(600, second -> second % 60 < 4 ? 4_000 : 300);

        assertThat(counts).isEmpty();
    }

    @Test
    void stopsOnlyWhatWasNotNeededForAsLongAsItSays() {
        begin(requests(2, 10, 300_000));
        run(60, _ -> 1_200);
        run(290, _ -> 100);
        assertThat(counts).containsExactly(6);

        run(60, _ -> 100);
        assertThat(counts).containsExactly(6, 2);
        assertThat(told().getLast())
                .isEqualTo("web: 6 -> 2: 17 requests/s an instance, target 200; no more than 2"
                        + " were needed for 5 min");
    }

    @Test
    void aShortLullKeepsWhatTheNextPeakNeeds() {
        begin(requests(2, 10, 300_000));
        run(HOUR, second -> second / 120 % 2 == 0 ? 1_200 : 200);

        assertThat(counts).containsExactly(6);
    }

    /// The load is near the edge between two numbers all the time, where every number would be right for a moment.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void noiseMakesItChangeItsMindRarely(long seed) {
        var random = new SplittableRandom(seed);
        begin(requests(2, 20, 300_000));
        run(6 * HOUR, _ -> 5 * TARGET * random.nextDouble(0.85, 1.15));

        assertThat(counts).as("seed " + seed).hasSizeLessThanOrEqualTo(3);
        assertThat(counts.getLast()).isBetween(5, 6);
    }

    @Test
    void followsADayWithoutTurningBack() {
        begin(requests(2, 20, 300_000));
        var random = new SplittableRandom(7);
        run(24 * HOUR, second -> {
            double day = (1 - Math.cos(2 * Math.PI * second / (24 * HOUR))) / 2;
            return (200 + 2_400 * day) * random.nextDouble(0.92, 1.08);
        });

        int turns = 0;
        for (int i = 2; i < counts.size(); i++) {
            boolean up = counts.get(i) > counts.get(i - 1);
            turns += up != counts.get(i - 1) > counts.get(i - 2) ? 1 : 0;
        }
        assertThat(turns).as("turns of " + counts).isLessThanOrEqualTo(3);
        assertThat(counts).contains(14).allMatch(count -> count >= 2 && count <= 15);
        assertThat(counts.getLast()).isLessThanOrEqualTo(3);
    }

    @Test
    void aNodeThatSaysNothingStopsNobody() {
        begin(requests(2, 10, 20_000));
        run(60, _ -> 1_200);
        silence("n2");
        run(600, _ -> 100);
        assertThat(counts).containsExactly(6);
        assertThat(scaler.story("shop", "web")).contains("of 3 nobody knows, so that none stops");

        silence("");
        run(60, _ -> 100);
        assertThat(counts).containsExactly(6, 2);
    }

    @Test
    void whatAnOperationChangesIsLeftAlone() {
        begin(requests(2, 10, 10_000));
        String operation = "deploy" + operations;
        deploy(state.environment("shop").orElseThrow().application());
        run(120, _ -> 2_000);
        assertThat(counts).isEmpty();
        assertThat(scaler.story("shop", "web")).endsWith("; stays as it is while it is changed");

        finish(operation);
        run(60, _ -> 2_000);
        assertThat(counts).containsExactly(6, 10);
    }

    @Test
    void aLaterLeaderLooksForAsLongBeforeItStopsAny() {
        begin(requests(2, 10, 300_000));
        run(60, _ -> 1_200);
        run(200, _ -> 100);
        scaler = new Autoscaler();
        run(290, _ -> 100);
        assertThat(counts).containsExactly(6);

        run(20, _ -> 100);
        assertThat(counts).containsExactly(6, 2);
    }

    @Test
    void whatAUserAsksForStaysForAWhile() {
        begin(requests(2, 10, 300_000));
        run(60, _ -> 100);
        ApplicationSpec application = state.environment("shop").orElseThrow().application();
        ServiceSpec web = requests(2, 10, 300_000);
        String operation = "deploy" + operations;
        deploy(application.with("web", web.with(8, web.placement())));
        finish(operation);
        run(290, _ -> 100);
        assertThat(counts).isEmpty();

        run(60, _ -> 100);
        assertThat(counts)
                .as("once it is known that those that started take little")
                .containsExactly(7, 2);
    }

    @Test
    void theTargetThatAsksForMostDecidesAndCpuIsAShareOfWhatAnInstanceMayUse() {
        var both = new Autoscale(1, 10, OptionalInt.of(TARGET), OptionalInt.of(50), 300_000);
        begin(service(both, new Resources(0, 500, 0, 0, 0)));
        // Each request takes 2.5 ms: 100 requests/s are 250 thousandths of a core, half of what one may use.
        run(120, _ -> 390);

        assertThat(counts).containsExactly(4);
        assertThat(told()).containsExactly("web: 1 -> 4: 195 % CPU an instance, target 50");
    }

    @Test
    void instancesThatStartAreNoReasonToStopAny() {
        begin(requests(2, 10, 5_000));
        run(13, _ -> 1_200);
        assertThat(counts).containsExactly(6);
        run(20, _ -> 900);
        assertThat(counts)
                .as("five would do, but what the four new ones take is not known yet")
                .containsExactly(6);
        run(30, _ -> 900);
        assertThat(counts).containsExactly(6, 5);
    }

    @Test
    void refusesWhatCannotFollowItsLoad() {
        ServiceSpec web = requests(2, 10, 300_000);
        assertThat(web.scaleObjection()).isEmpty();
        assertThat(objection(requests(0, 10, 1))).startsWith("min must be 1 or more");
        assertThat(objection(requests(3, 2, 1))).isEqualTo("min 3 is more than max 2");
        assertThat(objection(web.with(2, PlacementSpec.ANYWHERE.everywhere()))).contains("every node");
        assertThat(objection(
                        service(new Autoscale(1, 2, OptionalInt.empty(), OptionalInt.empty(), 1), Resources.UNLIMITED)))
                .startsWith("it has no target");
    }

    private static String objection(ServiceSpec spec) {
        return spec.scaleObjection().orElse("");
    }

    private void begin(ServiceSpec web) {
        for (String node : List.of("n1", "n2")) {
            state = after(new Command.AddNode(
                    "test", 1, node, node, TreePMap.empty(), node, new Node.Capacity(2_000, 1L << 32)));
        }
        String operation = "deploy" + operations;
        deploy(new ApplicationSpec(TreePMap.singleton("web", web), TreePMap.empty(), TreePMap.empty()));
        finish(operation);
        sight(0);
        now += 60_000;
    }

    private void deploy(ApplicationSpec application) {
        String operation = "deploy" + operations++;
        state = after(new Command.Deploy(
                "test", now, operation, now * 2, "shop", application, TreePMap.empty(), OptionalLong.empty()));
        state = after(new Command.Advance(now, operation, Operation.Phase.PREPARE));
    }

    private void finish(String operation) {
        state = after(new Command.Finish(now, operation, Operation.State.DONE, ""));
    }

    private void silence(String node) {
        silent = node;
        silentSince = now;
    }

    private void run(long seconds, Traffic traffic) {
        for (long second = 0; second < seconds; second++) {
            TreePMap<String, Sighting> sightings = sight(traffic.requestsPerSecond(second));
            for (Command command : scaler.decide(state, sightings, now)) {
                counts.add(((Command.ScaleService) command).to());
                state = after(command);
            }
            now += 1_000;
        }
    }

    /// Instances serve at once, and a node measures them five seconds later.
    private TreePMap<String, Sighting> sight(double requestsPerSecond) {
        Environment shop = state.environment("shop").orElseThrow();
        List<Instance> living = shop.living("web");
        startedAt.keySet().retainAll(living.stream().map(Instance::name).toList());
        living.forEach(instance -> startedAt.putIfAbsent(instance.name(), now));
        long measured = living.stream().filter(this::isMeasured).count();
        long each = Math.round(requestsPerSecond * 1_000 / Math.max(1, measured));
        TreePMap<String, Sighting> sightings = TreePMap.empty();
        for (String node : state.nodes().keySet()) {
            TreePMap<String, Found> containers = TreePMap.empty();
            TreePMap<String, Load> loads = TreePMap.empty();
            for (Instance instance : living) {
                if (instance.node().equals(node)) {
                    containers = containers.plus("shop/" + instance.name(), found(instance));
                    loads = isMeasured(instance)
                            ? loads.plus("shop/" + instance.name(), new Load(each, each * 25 / 10_000))
                            : loads;
                }
            }
            Observed none = Observed.NOTHING;
            var observed = new Observed(
                    none.volumes(),
                    containers,
                    none.surplus(),
                    none.images(),
                    none.exposed(),
                    none.networks(),
                    none.routes(),
                    none.answered(),
                    loads,
                    none.logs(),
                    none.wanted(),
                    none.used(),
                    List.of());
            long heardAt = node.equals(silent) ? silentSince : now;
            sightings = sightings.plus(
                    node, new Sighting(observed, true, List.of(), List.of(), TreePMap.empty(), List.of(), heardAt));
        }
        return sightings;
    }

    private boolean isMeasured(Instance instance) {
        return now - startedAt.getOrDefault(instance.name(), now) >= 5_000;
    }

    private Found found(Instance instance) {
        return new Found(
                instance.name(),
                "shop",
                "web",
                instance.slot(),
                instance.release(),
                instance.restarts(),
                Found.State.RUNNING,
                Found.Health.NONE,
                "10.0.0.1",
                true,
                0,
                startedAt.getOrDefault(instance.name(), now),
                0,
                0);
    }

    private List<String> told() {
        return state.events().values().stream()
                .map(Event::text)
                .filter(text -> text.startsWith("web: "))
                .toList();
    }

    private static ServiceSpec requests(int min, int max, long downAfterMillis) {
        return service(
                new Autoscale(min, max, OptionalInt.of(TARGET), OptionalInt.empty(), downAfterMillis),
                Resources.UNLIMITED);
    }

    private static ServiceSpec service(Autoscale autoscale, Resources resources) {
        return new ServiceSpec(
                "web:1",
                ServiceSpec.Pull.MISSING,
                ProcessSpec.PLAIN,
                Sandbox.PLAIN,
                resources,
                List.of(),
                List.of(80),
                List.of(),
                List.of(),
                TreePMap.empty(),
                Optional.empty(),
                RestartPolicy.ALWAYS,
                HttpRouting.NONE,
                autoscale.min(),
                Optional.of(autoscale),
                PlacementSpec.ANYWHERE,
                UpgradeSpec.DEFAULT,
                TreePMap.empty());
    }

    private ClusterState after(Command command) {
        return switch (state.after(command)) {
            case Outcome.Accepted accepted -> accepted.state();
            case Outcome.Refused refused -> throw new AssertionError(refused.message());
        };
    }
}
