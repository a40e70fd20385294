package io.flocker.core.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.model.Head;
import io.flocker.core.model.Node;
import io.flocker.core.model.Volume;
import io.flocker.core.spec.VolumeSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.pcollections.TreePMap;

/// Whether what is found to move is enough and not much more than the least that would do.
class SearchTest {
    private static final int SEEDS = Integer.getInteger("seeds", 100);
    private static final long GIB = 1L << 30;

    /// At most so much more than the least is copied.
    private static final double MOST = 1.5;

    @Test
    void copiesLittleMoreThanTheLeastThatMakesLoadEven() {
        int feasible = 0;
        double worst = 1;
        double sum = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            Scene scene = random(seed, 3, 2, 9);
            double least = least(scene);
            if (least < Double.MAX_VALUE) {
                Draft best = new Search(scene).best();
                assertThat(best.deviation())
                        .as("seed %d: how far from even", seed)
                        .isLessThanOrEqualTo(Search.EVEN);
                double ratio = least == 0 ? 1 : best.cost() / least;
                assertThat(ratio).as("seed %d: beside the least", seed).isLessThanOrEqualTo(MOST);
                feasible++;
                worst = Math.max(worst, ratio);
                sum += ratio;
            }
        }
        assertThat(feasible).as("cases that can be made even").isGreaterThan(SEEDS / 10);
        System.out.printf(
                "%d of %d cases: %.3f of the least on average, %.3f at worst%n",
                feasible, SEEDS, sum / feasible, worst);
    }

    @Test
    void oneNewNodeAmongTenFillsUp() {
        for (long seed = 0; seed < Math.max(5, SEEDS / 20); seed++) {
            Scene scene = random(seed, 10, 9, 90);
            assertThat(Scene.deviation(scene.loads()))
                    .as("seed %d: before", seed)
                    .isGreaterThan(0.5);
            Draft best = new Search(scene).best();
            assertThat(best.deviation()).as("seed %d: after", seed).isLessThanOrEqualTo(Search.EVEN);
        }
    }

    /// @param used on how many of the nodes there is anything
    static Scene random(long seed, int nodes, int used, int count) {
        var random = new SplittableRandom(seed);
        List<Site> sites = new ArrayList<>();
        for (int i = 0; i < nodes; i++) {
            var room = new Burden(8, 32L * GIB, 500L * GIB, 8);
            Node node = Node.joined("n" + i, "10.0.0." + i, TreePMap.empty(), "", 0);
            sites.add(new Site(node, room, room, Burden.NOTHING, Node.Capacity.NONE, -1, -1));
        }
        List<Unit> units = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long bytes = (long) (GIB * random.nextDouble(0.1, 20));
            var burden = new Burden(random.nextDouble(0.1, 1.2), random.nextDouble(0.2, 4) * GIB, bytes, 1);
            Volume volume = Volume.fresh(
                    "v" + i,
                    "shop" + i,
                    "data",
                    VolumeSpec.PLAIN,
                    new Head(1, "n0", Optional.empty(), Optional.empty()),
                    0);
            units.add(new Unit(
                    "shop" + i,
                    List.of("db"),
                    List.of(),
                    List.of(volume),
                    "",
                    random.nextInt(used),
                    burden,
                    Node.Capacity.NONE,
                    bytes,
                    true,
                    true));
        }
        return new Scene(sites, units);
    }

    /// The least cost of all ways to make load even.
    private static double least(Scene scene) {
        int[] at = new int[scene.units.size()];
        return least(scene, 0, at, 0, Double.MAX_VALUE);
    }

    private static double least(Scene scene, int unit, int[] at, double cost, double best) {
        if (cost >= best) {
            return best;
        }
        if (unit == at.length) {
            double[] loads = new double[scene.sites.size()];
            for (int i = 0; i < at.length; i++) {
                loads[at[i]] += scene.weight(i, at[i]);
            }
            return Scene.deviation(loads) <= Search.EVEN ? cost : best;
        }
        double least = best;
        for (int site = 0; site < scene.sites.size(); site++) {
            at[unit] = site;
            boolean stays = site == scene.units.get(unit).site();
            double more = stays
                    ? 0
                    : scene.units.get(unit).costTo(scene.sites.get(site).name());
            least = least(scene, unit + 1, at, cost + more, least);
        }
        return least;
    }
}
