# Notes, kept in PostgreSQL: GET / lists them, POST / adds one, DELETE / removes them all.
require "pg"
require "sinatra/base"

class Notes < Sinatra::Base
  set :host_authorization, { permitted_hosts: [] } if Sinatra::VERSION >= "4"
  set :protection, false

  def db
    Thread.current[:db] = nil if Thread.current[:db]&.finished?
    Thread.current[:db] ||= PG.connect(ENV.fetch("DATABASE_URL")).tap do |connection|
      connection.exec("SET client_min_messages = warning")
      connection.exec("CREATE TABLE IF NOT EXISTS notes (id serial PRIMARY KEY, text text NOT NULL)")
    end
  end

  # A connection that broke is made anew once: the database may have been restarted or rolled back.
  def query(*arguments)
    db.exec_params(*arguments)
  rescue PG::ConnectionBad, PG::UnableToSend, PG::AdminShutdown
    Thread.current[:db] = nil
    db.exec_params(*arguments)
  end

  before { content_type "text/plain" }

  get("/healthz") { query("SELECT 1", []) && "ok\n" }

  get "/" do
    query("SELECT id, text FROM notes ORDER BY id", []).map { |row| "#{row["id"]}: #{row["text"]}\n" }.join
  end

  post "/" do
    query("INSERT INTO notes (text) VALUES ($1)", [request.body.read])
    status 201
    "added\n"
  end

  put "/:id" do
    query("UPDATE notes SET text = $2 WHERE id = $1", [params["id"], request.body.read])
    "changed\n"
  end

  delete "/" do
    "removed #{query("DELETE FROM notes", []).cmd_tuples}\n"
  end
end
