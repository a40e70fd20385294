package io.flocker.verify.bench.cluster;

import io.flocker.verify.server.Load;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// Somebody who asks for a page again and again, each time over a new connection: the longest time from one good answer
/// to the next.
final class Visitor implements AutoCloseable {
    private static final int CONNECT_MILLIS = 2_000;
    private static final int ANSWER_MILLIS = 10_000;
    private static final int BETWEEN_MILLIS = 2;

    /// How long a page may stay away after what happened to it.
    private static final long AFTERWARDS_MILLIS = 10_000;

    private final URI page;
    private final Thread thread;
    private volatile boolean leaving;
    private final AtomicLong answers = new AtomicLong();
    private volatile long longestNanos;

    private Visitor(String url) {
        page = URI.create(url);
        thread = Thread.ofVirtual().start(this::visit);
    }

    /// The longest pause of a visitor of each page while `action` happens, until each has got an answer afterwards.
    ///
    /// @param urls without a query: `http://HOST:PORT/PATH`
    static double longestPauseMillis(List<String> urls, Load.Fault action) throws IOException, InterruptedException {
        List<Visitor> visitors = urls.stream().distinct().map(Visitor::new).toList();
        try {
            action.happen();
            for (Visitor visitor : visitors) {
                visitor.awaitAnswer();
            }
        } finally {
            visitors.forEach(Visitor::close);
        }
        long longest = visitors.stream()
                .mapToLong(visitor -> visitor.longestNanos)
                .max()
                .orElse(0);
        return longest / 1e6;
    }

    private void visit() {
        long last = System.nanoTime();
        while (!leaving) {
            if (isAnswered()) {
                long now = System.nanoTime();
                longestNanos = Math.max(longestNanos, now - last);
                last = now;
                answers.incrementAndGet();
            }
            try {
                TimeUnit.MILLISECONDS.sleep(BETWEEN_MILLIS);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private boolean isAnswered() {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(page.getHost(), page.getPort()), CONNECT_MILLIS);
            socket.setSoTimeout(ANSWER_MILLIS);
            String request = "GET " + page.getPath() + " HTTP/1.1\r\nHost: " + page.getAuthority()
                    + "\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            var reader = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            String status = reader.readLine();
            return status != null && status.contains(" 200 ");
        } catch (IOException e) {
            // Refused, cut or too slow: the pause goes on.
            return false;
        }
    }

    /// The first answer may be to a request from before.
    private void awaitAnswer() throws IOException, InterruptedException {
        long enough = answers.get() + 2;
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(AFTERWARDS_MILLIS);
        while (answers.get() < enough) {
            if (System.nanoTime() > deadline) {
                throw new IOException(page + " did not answer within " + AFTERWARDS_MILLIS + " ms afterwards");
            }
            TimeUnit.MILLISECONDS.sleep(BETWEEN_MILLIS);
        }
    }

    @Override
    public void close() {
        leaving = true;
        thread.interrupt();
    }
}
