package io.flocker.verify.bench;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A figure and what came out, or why nothing did.
///
/// @param problem empty if it was measured
record Row(Figure figure, Optional<Medians> medians, String problem) {

    /// Whether it is as it should be; empty if anything is.
    Optional<Boolean> holds() {
        return medians.isPresent() ? figure.target().holds(medians.get()) : Optional.of(false);
    }

    /// As the table shows it.
    String[] cells() {
        String target = figure.target().text();
        if (medians.isEmpty()) {
            return new String[] {figure.name(), "-", "-", "-", target, "no"};
        }
        Medians found = medians.get();
        return new String[] {
            figure.name(),
            number(found.value()) + " " + figure.unit(),
            number(found.reference()) + " " + figure.unit(),
            String.format(Locale.ROOT, "%.2f", found.ratio()),
            target,
            holds().map(holds -> holds ? "yes" : "no").orElse("-")
        };
    }

    private static String number(double number) {
        return String.format(Locale.ROOT, number >= 1_000 ? "%,.0f" : number >= 100 ? "%.0f" : "%.2f", number);
    }

    /// As programs read it. What was not measured is null; so is `holds` where there is no target.
    Map<String, @Nullable Object> properties() {
        Map<String, @Nullable Object> properties = new LinkedHashMap<>();
        properties.put("name", figure.name());
        properties.put("value", medians.map(Medians::value).orElse(null));
        properties.put("reference", medians.map(Medians::reference).orElse(null));
        properties.put("ratio", medians.map(Medians::ratio).orElse(null));
        properties.put("target", figure.target().text());
        properties.put("holds", holds().orElse(null));
        properties.put("unit", figure.unit());
        properties.put("rounds", medians.map(Medians::rounds).orElse(0));
        if (!problem.isEmpty()) {
            properties.put("problem", problem);
        }
        return properties;
    }
}
