// SPDX-License-Identifier: Apache-2.0

package import RedisClient

/// The scripts for stamps, which are strictly increasing microseconds of the server's clock.
package enum StampScripts {
    /// All scripts.
    package static let all = [ensure, change, free, extend]

    /// A script that returns the stamps of keys, after it has created missing ones, and then the time of the server.
    ///
    /// A stamp that was evicted and created again has another value, so entries with the old one are invalid. A value
    /// that is not a stamp counts as missing. The arguments are the lifetimes of created stamps in milliseconds, zero for
    /// no end.
    package static let ensure = RedisScript(
        """
        local time = redis.call('TIME')
        local now = string.format('%.0f', time[1] * 1000000 + time[2])
        local stamps = {}
        for index, key in ipairs(KEYS) do
          local stamp = redis.call('GET', key)
          if not stamp or not string.match(stamp, '^%d+$') or tonumber(stamp) > 9e15 then
            stamp = now
            if ARGV[index] == '0' then redis.call('SET', key, stamp)
            else redis.call('SET', key, stamp, 'PX', ARGV[index]) end
          end
          stamps[index] = stamp
        end
        stamps[#KEYS + 1] = now
        return stamps
        """,
        digest: "c77fd16dcf8cc8ec6f69abeb84a94e0ca35aaeb3"
    )

    /// A script that changes a stamp.
    ///
    /// The argument is its lifetime in milliseconds, zero for no end.
    package static let change = RedisScript(
        """
        local time = redis.call('TIME')
        local stamp = time[1] * 1000000 + time[2]
        local old = tonumber(redis.call('GET', KEYS[1]) or '0') or 0
        if old >= stamp and old < 9e15 then stamp = old + 1 end
        stamp = string.format('%.0f', stamp)
        if ARGV[1] == '0' then redis.call('SET', KEYS[1], stamp)
        else redis.call('SET', KEYS[1], stamp, 'PX', ARGV[1]) end
        return stamp
        """,
        digest: "8a81dbce0e7120827df03c66a87d493311566dbb"
    )

    /// A script that removes entries if their first stamp has not changed.
    ///
    /// The arguments are the offset and the value of the stamp of each entry. Entries that were written since, and values of
    /// other formats, are not removed.
    package static let free = RedisScript(
        """
        local count = 0
        for index, key in ipairs(KEYS) do
          local place = tonumber(ARGV[2 * index - 1])
          if redis.call('GETRANGE', key, 0, 2) == 'SC\\2'
            and redis.call('GETRANGE', key, place, place + 7) == ARGV[2 * index] then
            count = count + redis.call('UNLINK', key)
          end
        end
        return count
        """,
        digest: "057b79507726252d8e6d7f0b34cb5624668e9eac"
    )

    /// A script that extends the lifetimes of stamps.
    ///
    /// The argument is the minimum in milliseconds, zero for no end.
    package static let extend = RedisScript(
        """
        for _, key in ipairs(KEYS) do
          local left = redis.call('PTTL', key)
          if left >= 0 then
            if ARGV[1] == '0' then redis.call('PERSIST', key)
            elseif left < tonumber(ARGV[1]) then redis.call('PEXPIRE', key, ARGV[1]) end
          end
        end
        return 1
        """,
        digest: "2770c2b37f80581d1f011d8af0294aae0f629a15"
    )
}
