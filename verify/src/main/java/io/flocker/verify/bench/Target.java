package io.flocker.verify.bench;

import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;

/// What a figure should be.
///
/// @param text for the table
/// @param test empty if the figure is only reported
public record Target(String text, Optional<Predicate<Medians>> test) {
    public static final Target NONE = new Target("-", Optional.empty());

    /// Of value to reference.
    public static Target ratioAtMost(double most) {
        return new Target("ratio <= " + plain(most), Optional.of(medians -> medians.ratio() <= most));
    }

    public static Target ratioAtLeast(double least) {
        return new Target("ratio >= " + plain(least), Optional.of(medians -> medians.ratio() >= least));
    }

    /// The value may be greater than the reference, but by so much only.
    public static Target atMostMore(double most, String unit) {
        return new Target(
                "value - reference <= " + plain(most) + " " + unit,
                Optional.of(medians -> medians.value() - medians.reference() <= most));
    }

    /// The reference is the limit itself.
    public static Target limit(double most, String unit) {
        return new Target("<= " + plain(most) + " " + unit, Optional.of(medians -> medians.value() <= most));
    }

    /// Whether `medians` are as they should be; empty if anything is.
    public Optional<Boolean> holds(Medians medians) {
        return test.map(should -> should.test(medians));
    }

    private static String plain(double number) {
        return number == Math.rint(number) ? Long.toString((long) number) : String.format(Locale.ROOT, "%s", number);
    }
}
