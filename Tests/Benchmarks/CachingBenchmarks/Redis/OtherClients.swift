// SPDX-License-Identifier: Apache-2.0

import RedisTestSupport

/// Clients in other processes, for comparison.
struct OtherClients {
    /// A client in Python.
    enum Python: String {
        case redisPy = """
            import redis.asyncio as client
            async def connect(port):
                pool = client.BlockingConnectionPool(host="127.0.0.1", port=port, max_connections=64)
                return client.Redis(connection_pool=pool)
            """
        case glide = """
            from glide import GlideClient, GlideClientConfiguration, NodeAddress
            async def connect(port):
                address = NodeAddress("127.0.0.1", port)
                return await GlideClient.create(GlideClientConfiguration([address], request_timeout=5000))
            """
    }

    let port: Int

    /// Runs `redis-benchmark`.
    func redisBenchmark(clients: Int, _ operations: Int) async throws -> RedisFigure {
        guard let path = ToolRun.find("redis-benchmark") else { return RedisFigure() }
        let arguments = [
            "-h", "127.0.0.1", "-p", "\(port)", "-c", "\(clients)", "-P", "1", "-n", "\(operations)", "--csv",
            "GET", "value",
        ]
        let result = try await ToolRun.run(path, arguments, timeout: .seconds(120))
        let line = result.outputText.split(separator: "\n").last ?? ""
        let columns = line.split(separator: ",").map { $0.filter { $0 != "\"" } }
        guard columns.count > 1, let rate = Double(columns[1]) else {
            throw BenchmarkFault("redis-benchmark printed \(line)")
        }
        return RedisFigure(rate: rate)
    }

    /// A client in Python with 64 tasks.
    func python(_ client: Python, _ operations: Int) async throws -> RedisFigure {
        let script = """
            import asyncio, sys, time
            try:
            \(client.rawValue.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n"))
            except ImportError:
                print(0); sys.exit()
            async def main():
                connection = await connect(int(sys.argv[1]))
                count = int(sys.argv[2]) // 64
                async def ask():
                    for _ in range(count): await connection.get("value")
                await asyncio.gather(*(ask() for _ in range(64)))
                start = time.perf_counter()
                await asyncio.gather(*(ask() for _ in range(64)))
                print(count * 64 / (time.perf_counter() - start))
            asyncio.run(main())
            """
        guard PythonPackages.isAvailable else { return RedisFigure() }
        let lines = try await PythonPackages.run(script, ["\(port)", "\(operations)"], timeout: .seconds(120))
        return RedisFigure(rate: lines.last.flatMap(Double.init) ?? 0)
    }
}
