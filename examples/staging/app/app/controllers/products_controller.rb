class ProductsController < ApplicationController
  def index
    @words = params[:q].to_s
    @products = @words.empty? ? Product.includes(:customer).order(:id).limit(20) : Product.search(@words)
  end

  def healthz
    Product.connection.select_value("SELECT 1")
    render plain: "ok\n"
  end
end
