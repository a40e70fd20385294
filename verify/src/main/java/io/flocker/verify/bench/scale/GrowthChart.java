package io.flocker.verify.bench.scale;

import io.flocker.verify.bench.Progress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/// How the planner's cost grows with the cluster: a chart with both axes logarithmic, as SVG, so that what grows like
/// the cluster does is a line of slope one.
public final class GrowthChart {
    private static final int LOST_PER_MILLE = 10;
    private static final int WIDTH = 720;
    private static final int HEIGHT = 420;
    private static final int MARGIN = 60;
    private static final int LEGEND = 230;
    private static final double MIB = 1 << 20;

    private static final List<Integer> NODES = List.of(100, 300, 1_000, 2_500, 5_000);

    private static final int INSTANCES_OF_NODE = 20;

    /// What is drawn.
    private record Line(String name, String colour, ToDoubleFunction<Growth> value) {}

    private static final List<Line> LINES = List.of(
            new Line("ms to find all places", "#1f6feb", Growth::placedMillis),
            new Line("ms after 1 % of the nodes is lost", "#d1242f", Growth::againMillis),
            new Line("ms a look when nothing is due", "#1a7f37", Growth::lookMillis),
            new Line("MiB of heap", "#8250df", growth -> growth.heapBytes() / MIB));

    private final List<Growth> growths;
    private final double left;
    private final double right;
    private final double bottom;
    private final double top;

    private GrowthChart(List<Growth> growths) {
        this.growths = growths;
        left = Math.log10(growths.getFirst().instances());
        right = Math.log10(growths.getLast().instances());
        bottom = Math.floor(extreme(true));
        top = Math.ceil(extreme(false));
    }

    private double extreme(boolean least) {
        var values =
                LINES.stream().flatMapToDouble(line -> growths.stream().mapToDouble(growth -> logarithm(line, growth)));
        return (least ? values.min() : values.max()).orElse(0);
    }

    private static double logarithm(Line line, Growth growth) {
        return Math.log10(Math.max(line.value().applyAsDouble(growth), 1e-3));
    }

    /// Measures all sizes, each after a round that does not count, and draws them.
    public static String measured() {
        List<Growth> growths = new ArrayList<>();
        for (int nodes : NODES) {
            Growth.of(nodes, nodes * INSTANCES_OF_NODE, LOST_PER_MILLE);
            Growth growth = Growth.of(nodes, nodes * INSTANCES_OF_NODE, LOST_PER_MILLE);
            growths.add(growth);
            Progress.say(String.format(
                    Locale.ROOT,
                    "  %,d nodes, %,d instances: placed in %.0f ms, again in %.0f ms, a look %.2f ms, %.0f MiB",
                    growth.nodes(),
                    growth.instances(),
                    growth.placedMillis(),
                    growth.againMillis(),
                    growth.lookMillis(),
                    growth.heapBytes() / MIB));
        }
        return of(growths);
    }

    /// @param growths by size
    static String of(List<Growth> growths) {
        return new GrowthChart(growths).svg();
    }

    private String svg() {
        var svg = new StringBuilder();
        add(
                svg,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\""
                        + " font-size=\"12\">%n<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>",
                WIDTH + LEGEND,
                HEIGHT);
        axes(svg);
        int row = 0;
        for (Line line : LINES) {
            line(svg, line, row++);
        }
        return svg.append("</svg>\n").toString();
    }

    private void axes(StringBuilder svg) {
        for (int power = (int) bottom; power <= top; power++) {
            double y = y(power);
            add(svg, "<path d=\"M%d %.1fH%d\" stroke=\"#ddd\"/>", MARGIN, y, WIDTH - MARGIN);
            add(svg, "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>", MARGIN - 6, y + 4, plain(power));
        }
        for (Growth growth : growths) {
            double x = x(growth);
            add(svg, "<path d=\"M%.1f %dV%d\" stroke=\"#eee\"/>", x, MARGIN / 2, HEIGHT - MARGIN);
            add(
                    svg,
                    "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%,d</text>",
                    x,
                    HEIGHT - MARGIN + 16,
                    growth.instances());
            add(
                    svg,
                    "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\" fill=\"#666\">%,d</text>",
                    x,
                    HEIGHT - MARGIN + 32,
                    growth.nodes());
        }
        add(
                svg,
                "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">instances, and below them nodes</text>",
                WIDTH / 2,
                HEIGHT - 8);
    }

    private void line(StringBuilder svg, Line line, int row) {
        var points = new StringBuilder();
        for (Growth growth : growths) {
            double y = y(logarithm(line, growth));
            points.append(String.format(Locale.ROOT, "%.1f,%.1f ", x(growth), y));
            add(svg, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"/>", x(growth), y, line.colour());
        }
        add(
                svg,
                "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>",
                points.toString().strip(),
                line.colour());
        double y = MARGIN + row * 20.0;
        add(svg, "<path d=\"M%d %.1fh20\" stroke=\"%s\" stroke-width=\"2\"/>", WIDTH - 30, y, line.colour());
        add(svg, "<text x=\"%d\" y=\"%.1f\">%s</text>", WIDTH - 4, y + 4, line.name());
    }

    private static void add(StringBuilder svg, String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    private static String plain(int power) {
        return power >= 0 ? String.format(Locale.ROOT, "%,d", Math.round(Math.pow(10, power))) : "1e" + power;
    }

    private double x(Growth growth) {
        double share = (Math.log10(growth.instances()) - left) / (right - left);
        return MARGIN + share * (WIDTH - 2 * MARGIN);
    }

    private double y(double logarithm) {
        double share = (logarithm - bottom) / (top - bottom);
        return HEIGHT - MARGIN - share * (HEIGHT - 1.5 * MARGIN);
    }
}
