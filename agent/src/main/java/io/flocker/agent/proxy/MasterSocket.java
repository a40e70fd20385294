package io.flocker.agent.proxy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// Commands to HAProxy's master and, through it, to each of its workers (HAProxy's management guide, chapter 9).
record MasterSocket(Path path) {
    /// After which a call that is not answered fails.
    static final int ANSWER_MILLIS = 5_000;

    private static final ScheduledThreadPoolExecutor CLOCK = clock();

    /// What the master answers.
    String ask(String command) throws IOException {
        return exchange(command + "\n");
    }

    /// What a worker answers to several commands, in one text.
    String ask(long worker, List<String> commands) throws IOException {
        if (commands.isEmpty()) {
            return "";
        }
        return exchange("@!" + worker + "\n" + String.join("\n", commands) + "\n");
    }

    /// What a worker answers to each of several questions. An empty line ends an answer, so that only those may
    /// be asked whose answers have none.
    ///
    /// @throws IOException also if it has not answered all, as one that ends meanwhile
    List<String> answers(long worker, List<String> questions) throws IOException {
        var answers = new ArrayList<String>();
        var answer = new StringBuilder();
        String answered = ask(worker, questions);
        for (String line : answered.lines().toList()) {
            if (line.isEmpty()) {
                answers.add(answer.toString());
                answer.setLength(0);
            } else {
                answer.append(line).append('\n');
            }
        }
        if (answers.size() != questions.size()) {
            throw new IOException("HAProxy's worker " + worker + " answered " + answers.size() + " of "
                    + questions.size() + " questions: " + answered.strip());
        }
        return answers;
    }

    /// Process ids of all workers: the one that takes new connections, then those that finish old ones.
    List<Long> workers() throws IOException {
        var workers = new ArrayList<Long>();
        for (String line : ask("show proc").lines().toList()) {
            List<String> words = List.of(line.trim().split("\\s+"));
            if (words.size() > 1 && words.get(1).equals("worker")) {
                workers.add(Long.parseLong(words.get(0)));
            }
        }
        return workers;
    }

    /// How many reloads failed since the last one that did not. The worker from before goes on then.
    int failedReloads() throws IOException {
        String shown = ask("show proc");
        int failed = shown.indexOf("[failed: ");
        int end = shown.indexOf(']', failed);
        if (failed < 0 || end < 0) {
            throw new IOException("HAProxy's master says nothing of failed reloads: " + shown.strip());
        }
        return Integer.parseInt(shown.substring(failed + "[failed: ".length(), end));
    }

    private String exchange(String request) throws IOException {
        try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            var limit = CLOCK.schedule(() -> close(channel), ANSWER_MILLIS, TimeUnit.MILLISECONDS);
            try {
                channel.connect(UnixDomainSocketAddress.of(path));
                Thread.startVirtualThread(() -> send(channel, request));
                var answer = new ByteArrayOutputStream();
                Channels.newInputStream(channel).transferTo(answer);
                return answer.toString(StandardCharsets.UTF_8);
            } finally {
                limit.cancel(false);
            }
        } catch (IOException e) {
            throw new IOException("HAProxy does not answer at " + path + ": " + e, e);
        }
    }

    /// Apart from reading: HAProxy answers the first command before it reads the last one.
    private static void send(SocketChannel channel, String request) {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(request.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.shutdownOutput();
        } catch (IOException e) {
            // The reader finds out.
        }
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // It is of no more use in either case.
        }
    }

    private static ScheduledThreadPoolExecutor clock() {
        var clock = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().name("proxy-answers").daemon().factory());
        clock.setRemoveOnCancelPolicy(true);
        return clock;
    }
}
