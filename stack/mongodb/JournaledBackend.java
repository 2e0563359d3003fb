import de.bwaldvogel.mongo.MongoCollection;
import de.bwaldvogel.mongo.MongoDatabase;
import de.bwaldvogel.mongo.backend.CollectionOptions;
import de.bwaldvogel.mongo.backend.CursorRegistry;
import de.bwaldvogel.mongo.backend.Index;
import de.bwaldvogel.mongo.backend.IndexKey;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import de.bwaldvogel.mongo.backend.memory.MemoryCollection;
import de.bwaldvogel.mongo.backend.memory.MemoryDatabase;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.oplog.Oplog;
import de.bwaldvogel.mongo.wire.message.MongoMessage;
import io.netty.channel.Channel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The backend in memory, which also writes each change of documents, indexes and collections to a journal before it
 * answers, and begins with what the journal of the last time came to. So what a client was told is done is there after
 * any end of the process, at little cost. (The H2 backend of mongo-java-server inserts five times slower.)
 */
final class JournaledBackend extends MemoryBackend {
    private final Journal journal;

    JournaledBackend(Path file) throws IOException {
        Contents contents = new Contents();
        Journal.read(file, contents::apply);
        // Taking the contents in writes them to a new journal, which so holds nothing that is gone.
        Path next = file.resolveSibling(file.getFileName() + ".next");
        journal = new Journal(next);
        contents.collections().forEach(this::takeIn);
        journal.become(next, file);
    }

    private void takeIn(String name, Contents.Collection contents) {
        int dot = name.indexOf('.');
        JournaledDatabase database = (JournaledDatabase) resolveDatabase(name.substring(0, dot));
        MongoCollection<?> collection =
            database.createCollectionOrThrowIfExists(name.substring(dot + 1), CollectionOptions.withDefaults());
        contents.indexes.values().forEach(database::addIndex);
        List<Document> refused = collection.insertDocuments(new ArrayList<>(contents.documents.values()), true);
        if (!refused.isEmpty()) {
            throw new IllegalStateException("the journal's " + name + " contradicts itself: " + refused.get(0));
        }
    }

    private void write(String collection, String kind, Document what) {
        journal.append(new Document("in", collection).append("do", kind).append("what", what));
    }

    @Override
    public MemoryDatabase openOrCreateDatabase(String name) {
        return new JournaledDatabase(name, getCursorRegistry());
    }

    @Override
    public Document handleMessage(MongoMessage message) {
        try {
            return super.handleMessage(message);
        } finally {
            journal.flush();
        }
    }

    @Override
    public Document handleCommand(Channel channel, String database, String command, Document query) {
        try {
            return super.handleCommand(channel, database, command, query);
        } finally {
            journal.flush();
        }
    }

    @Override
    public void close() {
        super.close();
        try {
            journal.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private final class JournaledDatabase extends MemoryDatabase {
        JournaledDatabase(String name, CursorRegistry cursors) {
            super(name, cursors);
        }

        /** Collections of the system follow from the others. (They are also made before this object is complete.) */
        @Override
        protected MemoryCollection openOrCreateCollection(String name, CollectionOptions options) {
            if (name.startsWith("system.")) {
                return super.openOrCreateCollection(name, options);
            }
            write(getFullCollectionNamespace(name), "create", new Document());
            return new JournaledCollection(this, name, options, cursorRegistry);
        }

        @Override
        protected void addIndex(Document description) {
            super.addIndex(description);
            write((String) description.get("ns"), "index", description);
        }

        @Override
        protected Index<Integer> openOrCreateSecondaryIndex(
            String collection, String name, List<IndexKey> keys, boolean sparse) {
            if (keys.size() > 1 || sparse) {
                return super.openOrCreateSecondaryIndex(collection, name, keys, sparse);
            }
            return new SecondaryIndex(name, keys);
        }

        @Override
        protected void dropIndex(MongoCollection<Integer> collection, String name) {
            super.dropIndex(collection, name);
            write(collection.getFullName(), "dropIndex", new Document("name", name));
        }

        @Override
        public void dropCollection(String name, Oplog oplog) {
            super.dropCollection(name, oplog);
            write(getFullCollectionNamespace(name), "drop", new Document());
        }

        @Override
        public void moveCollection(MongoDatabase from, MongoCollection<?> collection, String newName) {
            String oldName = collection.getFullName();
            super.moveCollection(from, collection, newName);
            write(oldName, "rename", new Document("to", collection.getFullName()));
        }
    }

    /** The three ways in which a document in a collection changes, whatever command asked for it. */
    private final class JournaledCollection extends MemoryCollection {
        JournaledCollection(MongoDatabase database, String name, CollectionOptions options, CursorRegistry cursors) {
            super(database, name, options, cursors);
        }

        @Override
        protected Integer addDocumentInternal(Document document) {
            Integer position = super.addDocumentInternal(document);
            write(getFullName(), "put", document);
            return position;
        }

        @Override
        protected void handleUpdate(Integer position, Document oldDocument, Document newDocument) {
            super.handleUpdate(position, oldDocument, newDocument);
            write(getFullName(), "put", newDocument);
        }

        @Override
        protected void removeDocument(Integer position) {
            Object id = getDocument(position).get("_id");
            super.removeDocument(position);
            write(getFullName(), "remove", new Document("_id", id));
        }
    }
}
