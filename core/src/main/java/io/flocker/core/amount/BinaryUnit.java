package io.flocker.core.amount;

import java.util.Locale;

/// A unit that amounts of bytes are told in: each is 1,024 of the one before.
public enum BinaryUnit {
    BYTES("bytes", 0),
    KIB("KiB", 10),
    MIB("MiB", 20),
    GIB("GiB", 30),
    TIB("TiB", 40);

    private final String symbol;
    private final long bytes;

    /// @param power of two that it is
    BinaryUnit(String symbol, int power) {
        this.symbol = symbol;
        bytes = 1L << power;
    }

    /// The largest that `amount` bytes have at least one of.
    public static BinaryUnit of(long amount) {
        BinaryUnit largest = BYTES;
        for (BinaryUnit unit : values()) {
            largest = unit.bytes <= amount ? unit : largest;
        }
        return largest;
    }

    /// As in `4.0 GiB`.
    public String symbol() {
        return symbol;
    }

    /// How many bytes it is.
    public long bytes() {
        return bytes;
    }

    /// `amount` bytes for people, in the unit that fits: `1.2 MiB`.
    public static String text(long amount) {
        BinaryUnit unit = of(amount);
        return unit.number(amount) + " " + unit.symbol;
    }

    /// `amount` bytes in this unit, with one digit behind the point: `1.2`; bytes themselves have none.
    public String number(long amount) {
        return this == BYTES ? Long.toString(amount) : String.format(Locale.ROOT, "%.1f", amount / (double) bytes);
    }
}
