import java.io.IOException;
import java.lang.classfile.ClassElement;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;

/// Makes one jar of those that the command line needs: `java ClientJar.java MADE JAR...`, the manifest being the first
/// one's. To open one is quicker than to open many, whenever a class is looked for that is not there. Class files of a
/// version that AOT caches cannot hold (before 50, which is picocli's) become version 52, with the stack maps that it
/// asks for; each is verified.
final class ClientJar {
    private static final int FIRST_WITH_STACK_MAPS = 50;

    private final ClassFile classFiles;
    private final Set<String> names = new HashSet<>();

    private ClientJar(ClassLoader libraries) {
        classFiles = ClassFile.of(
                ClassFile.StackMapsOption.GENERATE_STACK_MAPS,
                ClassFile.ClassHierarchyResolverOption.of(ClassHierarchyResolver.ofResourceParsing(libraries)));
    }

    public static void main(String[] arguments) throws IOException {
        List<Path> jars = Arrays.stream(arguments).skip(1).map(Path::of).toList();
        var urls = new ArrayList<URL>();
        for (Path jar : jars) {
            urls.add(jar.toUri().toURL());
        }
        try (var libraries = new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
                var first = new JarFile(jars.getFirst().toFile());
                var made = new JarOutputStream(Files.newOutputStream(Path.of(arguments[0])), first.getManifest())) {
            var client = new ClientJar(libraries);
            for (Path jar : jars) {
                client.copy(jar, made);
            }
        }
    }

    private void copy(Path jar, JarOutputStream made) throws IOException {
        try (var from = new JarFile(jar.toFile())) {
            for (JarEntry entry : from.stream().filter(this::isWanted).toList()) {
                var copy = new JarEntry(entry.getName());
                copy.setTime(entry.getTime());
                made.putNextEntry(copy);
                byte[] bytes = from.getInputStream(entry).readAllBytes();
                made.write(entry.getName().endsWith(".class") ? current(entry.getName(), bytes) : bytes);
            }
        }
    }

    private boolean isWanted(JarEntry entry) {
        return !entry.isDirectory()
                && !entry.getName().startsWith("META-INF/")
                && !entry.getName().equals("module-info.class")
                // Of the daemon's logging, which would complain of finding it twice.
                && !entry.getName().equals("logback.xml")
                && names.add(entry.getName());
    }

    private byte[] current(String name, byte[] bytes) throws IOException {
        ClassModel old = classFiles.parse(bytes);
        if (old.majorVersion() >= FIRST_WITH_STACK_MAPS) {
            return bytes;
        }
        // Methods are taken apart and put together, because only then do they get stack maps.
        byte[] made = classFiles.transformClass(
                old,
                ClassTransform.transformingMethodBodies((code, element) -> code.with(element))
                        .andThen((type, element) -> {
                            if (element instanceof ClassFileVersion) {
                                type.withVersion(ClassFile.JAVA_8_VERSION, 0);
                            } else {
                                type.with((ClassElement) element);
                            }
                        }));
        List<VerifyError> errors = classFiles.verify(made);
        if (!errors.isEmpty()) {
            throw new IOException(name + ": " + errors);
        }
        return made;
    }
}
