package io.flocker.verify.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// What came out: the medians of several rounds, each of which measured both.
public record Medians(double value, double reference, int rounds) {

    /// Takes a measurement.
    public interface Sample {
        double take() throws IOException, InterruptedException;
    }

    public static Medians of(List<Double> values, List<Double> references) {
        return new Medians(median(values), median(references), values.size());
    }

    /// Measures in turn, each first in every other round, after one round that does not count.
    public static Medians inTurn(int rounds, Sample value, Sample reference) throws IOException, InterruptedException {
        value.take();
        reference.take();
        List<Double> values = new ArrayList<>();
        List<Double> references = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            if (round % 2 == 0) {
                references.add(reference.take());
                values.add(value.take());
            } else {
                values.add(value.take());
                references.add(reference.take());
            }
            Progress.round(round + 1, rounds, values.getLast(), references.getLast());
        }
        return of(values, references);
    }

    public double ratio() {
        return value / reference;
    }

    private static double median(List<Double> samples) {
        List<Double> sorted = samples.stream().sorted().toList();
        int half = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(half) : (sorted.get(half - 1) + sorted.get(half)) / 2;
    }
}
