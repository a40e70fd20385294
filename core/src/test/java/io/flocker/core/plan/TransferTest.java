package io.flocker.core.plan;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// How far a transfer is, in words.
class TransferTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0           | 0           | 0         | 0 bytes
            700         | 900         | 100       | 700 of 900 bytes, 2 s left
            1288490188  | 5368709120  | 175000000 | 1.2 of 5.0 GiB, 24 s left
            0           | 1048576     | 0         | 0.0 of 1.0 MiB
            1048576     | 1048576     | 1000      | 1.0 MiB
            1048576     | 10737418240 | 10000000  | 0.0 of 10.0 GiB, 17 min left
            1048576     | 10737418240 | 100000    | 0.0 of 10.0 GiB, 29 h left
            """)
    void saysHowMuchHasComeAndHowLongItTakes(long done, long total, long rate, String words) {
        assertThat(new Transfer("v", "1.1", done, total, rate, false).progress())
                .isEqualTo(words);
    }
}
