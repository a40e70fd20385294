package io.flocker.agent.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ListeningTest {
    /// As the kernel prints them on a little-endian machine.
    private static final List<String> TABLE = """
              sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
               0: 00000000:2382 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1
               1: 0B00007F:A4B1 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 2 1
               2: 0100007F:0BB8 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 3 1
               3: 0200A8C0:1F90 0300A8C0:C350 01 00000000:00000000 00:00000000 00000000     0        0 4 1
            """.lines().toList();

    private static Listening table() {
        var listening = new Listening(new TreeSet<>(), new TreeSet<>());
        listening.read(TABLE);
        return listening;
    }

    @Test
    void readsWhoeverListensButTheEnginesResolver() {
        assertThat(table().open()).containsExactly(9090);
        assertThat(table().inner()).containsExactly(3000);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "8080 | it does not listen at port 8080 but at port 9090: have it listen at port 8080",
                "3000 | it listens at port 3000 for itself only (127.0.0.1): have it listen at 0.0.0.0",
                "9090 | it listens at port 9090, as asked, but does not answer GET / there"
            })
    void saysWhatToDo(int asked, String told) {
        assertThat(table().instead(List.of(asked))).startsWith(told);
    }

    @Test
    void saysThatNothingListens() {
        assertThat(new Listening(new TreeSet<>(), new TreeSet<>()).instead(List.of(80, 443)))
                .isEqualTo("it does not listen at ports 80, 443, nor anywhere else");
    }

    @Test
    void seesThisProcessListen() throws Exception {
        try (var server = new ServerSocket()) {
            server.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
            assertThat(Listening.of(ProcessHandle.current().pid()).inner()).contains(server.getLocalPort());
        }
    }
}
