Rails.application.routes.draw do
  root "products#index"
  get "/healthz", to: "products#healthz"
end
