<?php

// guard-cli seed -- php artisan db:seed --class=CitySeeder --force

namespace Database\Seeders;

use Illuminate\Database\Seeder;
use Illuminate\Support\Facades\DB;
use Illuminate\Support\Facades\Process;

class CitySeeder extends Seeder
{
    public function run(): void
    {
        // Throws unless the policy lets this environment be seeded.
        $assertion = Process::run(['guard-cli', 'sql', 'assert'])->throw()->output();

        DB::transaction(function () use ($assertion) {
            DB::unprepared($assertion);
            DB::table('cities')->insert([['name' => 'Nantes'], ['name' => 'Brest']]);
        });
    }
}
