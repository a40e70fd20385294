namespace :shop do
  desc "Loads last night's dump of production"
  task :import do
    sh "psql", "--quiet", "--set", "ON_ERROR_STOP=1", "--single-transaction", "--file", ENV.fetch("DUMP", "/dumps/nightly.sql"), ENV.fetch("DATABASE_URL")
  end

  desc "Takes out who the customers are"
  task anonymise: :environment do
    changed = Customer.update_all("name = 'Customer ' || id, email = 'customer-' || id || '@example.com'")
    puts "#{changed} customers are nobody in particular now"
  end

  desc "Makes the search index anew"
  task index: :environment do
    SearchIndex.new.fill
    puts "#{Product.count} products can be found"
  end
end
